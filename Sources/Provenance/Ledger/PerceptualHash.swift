import Foundation
import Pictures

/// A 64-bit perceptual hash of a picture, robust to scaling, compression and small changes of brightness.
///
/// Luma is scaled to 32×32 and transformed by a DCT; each bit is 1 if one of the 8×8 lowest coefficients is above their median
/// (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, section 3.2.1). Not invariant to
/// cropping, rotation or mirroring.
package struct PerceptualHash: Sendable, Equatable {
    package let bits: UInt64

    private static let side = 32
    private static let kept = 8
    /// `cosines[frequency][position]`.
    private static let cosines: [[Float]] = (0..<kept).map { frequency in
        (0..<side).map { Float(cos(Double.pi * Double(frequency) * (Double($0) + 0.5) / Double(side))) }
    }

    package init(bits: UInt64) { self.bits = bits }

    package init(_ picture: Picture) {
        let luma = picture.luma.resized(width: Self.side, height: Self.side)
        let rows = (0..<Self.side).map { row in
            Self.cosines.map { cosine in
                (0..<Self.side).reduce(Float(0)) { $0 + cosine[$1] * luma.values[row * Self.side + $1] }
            }
        }
        var values: [Float] = []
        for cosine in Self.cosines {
            for column in 0..<Self.kept {
                values.append((0..<Self.side).reduce(Float(0)) { $0 + cosine[$1] * rows[$1][column] })
            }
        }
        // The DC coefficient (mean brightness) is excluded from the median.
        let median = values.dropFirst().sorted()[values.count / 2 - 1]
        bits = values.enumerated().reduce(0) { $1.element > median ? $0 | 1 << UInt64($1.offset) : $0 }
    }

    /// Hamming distance, 0…64.
    package func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }
}

extension PerceptualHash: Codable {
    /// Encoded as sixteen hexadecimal digits.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard text.count == 16, let bits = UInt64(text, radix: 16) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a perceptual hash has 16 digits"))
        }
        self.bits = bits
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        let digits = String(bits, radix: 16)
        try value.encode(String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
