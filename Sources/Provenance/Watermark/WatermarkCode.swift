/// The error-correcting code of the watermark's number.
///
/// 32 bits and a CRC-16 (polynomial 0x1021) are encoded by a tail-biting convolutional code of rate 1/4 and constraint
/// length 13: 48 bits → 192. Generators: Larsen, "Short convolutional codes with maximal free distance for rates 1/2, 1/3
/// and 1/4" (1973), free distance 33. Decoded by the Viterbi algorithm over three passes of the circular trellis, of which the
/// middle one is used.
enum WatermarkCode {
    static let messageBits = 48
    static let codedBits = 192

    private static let memory = 12
    private static let states = 1 << memory
    private static let generators = [0o11145, 0o12477, 0o15573, 0o16727]

    /// Per register state (newest bit lowest), the four coded bits, first generator lowest.
    private static let outputs: [UInt8] = (0..<2 * states).map { register in
        generators.enumerated().reduce(0) { sum, generator in
            sum | UInt8((register & generator.element).nonzeroBitCount & 1) << UInt8(generator.offset)
        }
    }

    static func encode(_ id: UInt32) -> [Bool] {
        encode(message: UInt64(id) << 16 | UInt64(check(id)))
    }

    /// - Parameter message: 48 bits, most significant first.
    static func encode(message: UInt64) -> [Bool] {
        func bit(_ index: Int) -> Int {
            Int(message >> UInt64(messageBits - 1 - (index + messageBits) % messageBits)) & 1
        }
        return (0..<messageBits).flatMap { index -> [Bool] in
            let register = (0...memory).reduce(0) { $0 | bit(index - $1) << $1 }
            return generators.indices.map { outputs[register] >> UInt8($0) & 1 == 1 }
        }
    }

    /// The maximum-likelihood message.
    ///
    /// - Parameter soft: 192 soft bits; larger values are more likely 1.
    static func decode(_ soft: [Float]) -> UInt64 {
        let steps = 3 * messageBits
        var decisions = [UInt8](repeating: 0, count: steps * states)
        var scores = [Float](repeating: 0, count: states)
        var next = scores
        for step in 0..<steps {
            let first = step % messageBits * 4
            let gains = branchGains(soft[first..<first + 4])
            advance(scores, gains, into: &next, decisions: &decisions, from: step * states)
            swap(&scores, &next)
        }
        var state = scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
        var message: UInt64 = 0
        for step in stride(from: steps - 1, through: messageBits, by: -1) {
            if step < 2 * messageBits {
                message |= UInt64(state & 1) << UInt64(2 * messageBits - 1 - step)
            }
            state = state >> 1 | Int(decisions[step * states + state]) << (memory - 1)
        }
        return message
    }

    /// The number in a message; `nil` if its CRC does not match.
    static func id(of message: UInt64) -> UInt32? {
        let id = UInt32(truncatingIfNeeded: message >> 16)
        return UInt16(truncatingIfNeeded: message) == check(id) ? id : nil
    }

    static func check(_ id: UInt32) -> UInt16 {
        (0..<32).reduce(0xffff) { remainder, index in
            let isOdd = (remainder >> 15 & 1) != UInt16(id >> UInt32(31 - index) & 1)
            return isOdd ? remainder << 1 ^ 0x1021 : remainder << 1
        }
    }

    /// Branch metrics of the sixteen combinations of four coded bits.
    private static func branchGains(_ soft: ArraySlice<Float>) -> [Float] {
        (0..<16).map { word in
            soft.enumerated().reduce(0) { $0 + (word >> $1.offset & 1 == 1 ? $1.element : -$1.element) }
        }
    }

    /// One trellis step; a decision is the highest bit of the surviving predecessor.
    private static func advance(
        _ scores: [Float], _ gains: [Float], into next: inout [Float], decisions: inout [UInt8],
        from start: Int
    ) {
        let half = states / 2
        outputs.withUnsafeBufferPointer { outputs in
            scores.withUnsafeBufferPointer { scores in
                for state in 0..<states {
                    let low = scores[state >> 1] + gains[Int(outputs[state])]
                    let high = scores[state >> 1 | half] + gains[Int(outputs[state | states])]
                    next[state] = max(low, high)
                    decisions[start + state] = high > low ? 1 : 0
                }
            }
        }
    }
}
