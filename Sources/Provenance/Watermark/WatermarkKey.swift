import Files

/// The key of the watermark's pattern: with the key the mark can be detected and removed.
package struct WatermarkKey: Sendable, Hashable {
    let seed: UInt64

    /// Dimorph's default key, the same in every copy, so that any `dimorph verify` detects the mark.
    package static let program = WatermarkKey(phrase: "dimorph watermark 1")

    /// A user's own key, from a phrase of any length. Not secure against brute-force search.
    package init(phrase: String) {
        seed = FNV1a(phrase.utf8).value
    }
}

/// Random numbers from a seed, the same on every machine and in every version: SplitMix64 (Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014).
struct KeyedNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// A random permutation of 0 ..< count (Fisher and Yates; modulo bias below 2⁻⁵⁰).
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for index in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(index, Int(next() % UInt64(index + 1)))
        }
        return order
    }
}
