import Files

/// Counter-based random numbers that depend only on a key and a position: no state, so that a resumed run equals an
/// uninterrupted one and every device gets the same numbers.
///
/// The generator is Philox 4×32 with ten rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
/// easy as 1, 2, 3", 2011).
package struct RandomNumbers: Sendable {
    private let key: (UInt32, UInt32)
    private let stream: UInt64
    private var block: UInt64 = 0
    private var buffer: SIMD4<UInt32> = .zero
    private var used = 4

    /// - Parameters:
    ///   - seed: the run's seed.
    ///   - stream: the purpose of the numbers, such as an iteration or the hash of a parameter's name.
    package init(seed: UInt64, stream: UInt64) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.stream = stream
    }

    /// Random numbers for a name.
    package init(seed: UInt64, name: String) { self.init(seed: seed, stream: RandomNumbers.hash(name)) }

    /// FNV-1a, 64 bits: the same on every machine, unlike Swift's own hash.
    package static func hash(_ text: String) -> UInt64 {
        FNV1a(text.utf8).value
    }

    /// 32 uniformly distributed bits.
    package mutating func bits() -> UInt32 {
        if used == 4 {
            buffer = RandomNumbers.philox(
                SIMD4(
                    UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32),
                    UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
                key: key)
            block &+= 1
            used = 0
        }
        defer { used += 1 }
        return buffer[used]
    }

    /// A uniformly distributed number, 0 ≤ x < 1.
    package mutating func uniform() -> Double { Double(bits()) / 4_294_967_296 }

    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// A uniformly distributed integer, 0 ≤ x < count.
    package mutating func integer(below count: Int) -> Int { Int((UInt64(bits()) * UInt64(count)) >> 32) }

    /// A normally distributed number with mean 0 and standard deviation 1 (Box and Muller).
    package mutating func normal() -> Double {
        let radius = (-2 * logarithm(1 - uniform())).squareRoot()
        return radius * cosine(2 * .pi * uniform())
    }

    static func philox(_ counter: SIMD4<UInt32>, key: (UInt32, UInt32)) -> SIMD4<UInt32> {
        var c = counter
        var (k0, k1) = key
        for _ in 0..<10 {
            let p0 = UInt64(c[0]) &* 0xD251_1F53
            let p1 = UInt64(c[2]) &* 0xCD9E_8D57
            c = SIMD4(
                UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1),
                UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k1, UInt32(truncatingIfNeeded: p0))
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return c
    }
}
