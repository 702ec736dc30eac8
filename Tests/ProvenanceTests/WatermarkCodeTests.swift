import Testing

@testable import Provenance

@Suite("Watermark's code")
struct WatermarkCodeTests {
    @Test("any 16 of the 192 bits can be wrong", arguments: [0, 1, 0xdead_beef, .max] as [UInt32])
    func errors(_ id: UInt32) {
        var numbers = KeyedNumbers(seed: UInt64(id))
        for _ in 0..<4 {
            var soft = WatermarkCode.encode(id).map { $0 ? Float(1) : -1 }
            for index in numbers.permutation(soft.count).prefix(16) { soft[index].negate() }
            #expect(WatermarkCode.id(of: WatermarkCode.decode(soft)) == id)
        }
    }

    @Test("noise passes the check bits seldom")
    func noise() {
        var numbers = KeyedNumbers(seed: 3)
        let sound = (0..<60).count { _ in
            let soft = (0..<WatermarkCode.codedBits).map { _ in Float(numbers.next() >> 40) - Float(1 << 23) }
            return WatermarkCode.id(of: WatermarkCode.decode(soft)) != nil
        }
        #expect(sound <= 1)
    }

    @Test("one wrong bit of the message does not pass")
    func check() {
        let message = UInt64(0x1234_5678) << 16 | UInt64(WatermarkCode.check(0x1234_5678))
        #expect(WatermarkCode.id(of: message) == 0x1234_5678)
        for bit in 0..<UInt64(48) { #expect(WatermarkCode.id(of: message ^ 1 << bit) == nil) }
    }

    @Test("a key's pattern never changes, and another key's is another one")
    func pattern() {
        let tile = WatermarkTile(.program)
        #expect(Set(tile.guides).union(tile.carriers).count == 1024)
        // Marks that are out in the world must be found by later versions.
        #expect(tile.guides.prefix(4) == [523, 437, 634, 518])
        let agreement = zip(tile.signs, WatermarkTile(WatermarkKey(phrase: "mine")).signs).count { $0 == $1 }
        #expect(abs(agreement - 512) < 80)
    }
}
