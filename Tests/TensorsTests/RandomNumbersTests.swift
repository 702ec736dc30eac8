import Testing

import Tensors

@Suite("Random numbers")
struct RandomNumbersTests {
    @Test("are Philox 4×32-10: the authors' test vector for an all-zero key and counter")
    func knownAnswer() {
        var numbers = RandomNumbers(seed: 0, stream: 0)
        #expect((0..<4).map { _ in numbers.bits() } == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    }

    @Test("are equal for the same seed and stream, and differ for another")
    func keyed() {
        var first = RandomNumbers(seed: 7, name: "encoder.weight")
        var same = RandomNumbers(seed: 7, name: "encoder.weight")
        var other = RandomNumbers(seed: 7, name: "encoder.bias")
        let values = (0..<100).map { _ in first.bits() }
        #expect(values == (0..<100).map { _ in same.bits() })
        #expect(values != (0..<100).map { _ in other.bits() })
    }

    @Test("have the expected mean and standard deviation")
    func moments() {
        var numbers = RandomNumbers(seed: 1, stream: 2)
        let normal = (0..<20_000).map { _ in numbers.normal() }
        let mean = normal.reduce(0, +) / 20_000
        let variance = normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 1) < 0.04)
        let counts = (0..<20_000).reduce(into: [Int](repeating: 0, count: 5)) { counts, _ in
            counts[numbers.integer(below: 5)] += 1
        }
        #expect(counts.allSatisfy { abs($0 - 4_000) < 300 })
    }
}
