import CFFmpeg

/// A ratio of two integers, such as 30000/1001 frames per second or a time base of 1/90000 s.
package struct Rational: Sendable, Codable, Hashable, CustomStringConvertible {
    package var numerator: Int
    package var denominator: Int

    package init(_ numerator: Int, _ denominator: Int = 1) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// 0 if the ratio is undefined.
    package var value: Double { denominator == 0 ? 0 : Double(numerator) / Double(denominator) }

    package var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}

extension Rational {
    init(_ ratio: AVRational) { self.init(Int(ratio.num), Int(ratio.den)) }

    /// As `AVRational`; both parts are clamped to 32 bits.
    var av: AVRational { AVRational(num: Int32(clamping: numerator), den: Int32(clamping: denominator)) }
}
