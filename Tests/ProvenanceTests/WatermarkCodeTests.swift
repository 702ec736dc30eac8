import Testing

@testable import Provenance

@Suite("Watermark's code")
struct WatermarkCodeTests {
    @Test("corrects any 16 errors in 192 bits", arguments: [0, 1, 0xdead_beef, .max] as [UInt32])
    func errors(_ id: UInt32) {
        var numbers = KeyedNumbers(seed: UInt64(id))
        for _ in 0..<4 {
            var soft = WatermarkCode.encode(id).map { $0 ? Float(1) : -1 }
            for index in numbers.permutation(soft.count).prefix(16) { soft[index].negate() }
            #expect(WatermarkCode.id(of: WatermarkCode.decode(soft)) == id)
        }
    }

    @Test("noise rarely passes the CRC")
    func noise() {
        var numbers = KeyedNumbers(seed: 3)
        let sound = (0..<60).count { _ in
            let soft = (0..<WatermarkCode.codedBits).map { _ in Float(numbers.next() >> 40) - Float(1 << 23) }
            return WatermarkCode.id(of: WatermarkCode.decode(soft)) != nil
        }
        #expect(sound <= 1)
    }

    @Test("a message with one wrong bit is rejected")
    func check() {
        let message = UInt64(0x1234_5678) << 16 | UInt64(WatermarkCode.check(0x1234_5678))
        #expect(WatermarkCode.id(of: message) == 0x1234_5678)
        for bit in 0..<UInt64(48) { #expect(WatermarkCode.id(of: message ^ 1 << bit) == nil) }
    }

    @Test("a key's pattern is stable, and another key's differs")
    func pattern() {
        let tile = WatermarkTile(.program)
        #expect(Set(tile.guides).union(tile.carriers).count == 1024)
        // Published marks must be detected by later versions.
        #expect(tile.guides.prefix(4) == [523, 437, 634, 518])
        let agreement = zip(tile.signs, WatermarkTile(WatermarkKey(phrase: "mine")).signs).count { $0 == $1 }
        #expect(abs(agreement - 512) < 80)
    }
}
