import Foundation
import Pictures

/// Loss of detail of a compressed face, per frequency of the 8 × 8 pixel blocks that codecs use: compression sets most DCT
/// coefficients to zero.
package struct BlockSpectrum: Sendable, Equatable {
    /// For each of the 64 coefficients, in rows of rising vertical frequency: the share of the blocks in which it is zero.
    package private(set) var vanished: [Float]

    /// Coefficients smaller than this, in levels of luma, count as zero.
    private static let least: Float = 1
    private static let fewest = 12

    /// - Parameters:
    ///   - luma: 0…255.
    ///   - amount: coverage of the face; blocks in which it is nearly 1 are measured.
    ///   - x, y: position of the plane's corner in the frame, which determines the block grid.
    /// - Returns: `nil` if the face covers too few blocks.
    package init?(_ luma: Plane, amount: Plane, x: Int, y: Int) {
        var (counts, blocks) = ([Float](repeating: 0, count: 64), 0)
        Self.eachBlock(width: luma.width, height: luma.height, x: x, y: y) { start in
            let isInside = (0..<8).allSatisfy { row in
                (0..<8).allSatisfy { amount.values[start + row * luma.width + $0] > 0.9 }
            }
            guard isInside else { return }
            blocks += 1
            let spectrum = Self.transformed(Self.block(of: luma, at: start))
            for index in 0..<64 where abs(spectrum[index]) < Self.least { counts[index] += 1 }
        }
        guard blocks >= Self.fewest else { return nil }
        vanished = counts.map { $0 / Float(blocks) }
    }

    /// Weighted mean of several spectra; `nil` if there are none.
    static func average(_ weighted: [(spectrum: BlockSpectrum, weight: Float)]) -> BlockSpectrum? {
        guard var result = weighted.first?.spectrum else { return nil }
        let total = weighted.reduce(0) { $0 + $1.weight }
        for index in 0..<64 {
            result.vanished[index] =
                weighted.reduce(0) { $0 + $1.spectrum.vanished[index] * $1.weight } / total
        }
        return result
    }

    /// Zeroes the smallest coefficients of a picture until as many are zero as in this spectrum; changes only luma.
    ///
    /// - Parameters:
    ///   - share: strength of the effect, 0…1.
    ///   - x, y: position of the picture's corner in the frame.
    package func applied(to picture: Picture, share: Float, x: Int, y: Int) -> Picture {
        let luma = picture.luma
        var places: [Int] = []
        Self.eachBlock(width: luma.width, height: luma.height, x: x, y: y) { places.append($0) }
        guard !places.isEmpty else { return picture }
        let spectra = places.map { Self.transformed(Self.block(of: luma, at: $0)) }
        // The threshold below which the wanted share of coefficients lies. The DC coefficient always stays.
        let thresholds = (0..<64).map { index -> Float in
            guard index > 0 else { return 0 }
            let sorted = spectra.map { abs($0[index]) }.sorted()
            let place = Int(vanished[index] * Float(sorted.count))
            return place >= sorted.count ? .infinity : sorted[place]
        }
        var result = picture
        for (start, spectrum) in zip(places, spectra) {
            let taken = (0..<64).map { abs(spectrum[$0]) < thresholds[$0] ? spectrum[$0] * share : 0 }
            for (index, change) in Self.inverted(taken).enumerated() {
                let pixel = (start + index / 8 * luma.width + index % 8) * 3
                for channel in pixel..<pixel + 3 {
                    result.pixels[channel] = UInt8(rounding: Float(picture.pixels[channel]) - change)
                }
            }
        }
        return result
    }

    /// Offset of the frame's first whole block in a plane whose corner is at (x, y).
    private static func eachBlock(width: Int, height: Int, x: Int, y: Int, _ body: (Int) -> Void) {
        for row in stride(from: (8 - y % 8) % 8, through: height - 8, by: 8) {
            for column in stride(from: (8 - x % 8) % 8, through: width - 8, by: 8) {
                body(row * width + column)
            }
        }
    }

    private static func block(of plane: Plane, at start: Int) -> [Float] {
        (0..<64).map { plane.values[start + $0 / 8 * plane.width + $0 % 8] }
    }

    /// Orthonormal DCT-II matrix, `[frequency][position]`.
    private static let basis: [[Float]] = (0..<8).map { frequency in
        (0..<8).map { place in
            let scale = frequency == 0 ? (1.0 / 8).squareRoot() : 0.5
            return Float(scale * cos((2 * Double(place) + 1) * Double(frequency) * .pi / 16))
        }
    }

    private static func transformed(_ block: [Float]) -> [Float] {
        both(block) { basis[$0][$1] }
    }

    private static func inverted(_ spectrum: [Float]) -> [Float] {
        both(spectrum) { basis[$1][$0] }
    }

    /// Multiplies rows, then columns, by the matrix whose entry at (out, in) is `weight`.
    private static func both(_ block: [Float], _ weight: (Int, Int) -> Float) -> [Float] {
        var across = [Float](repeating: 0, count: 64)
        for row in 0..<8 {
            for out in 0..<8 {
                for place in 0..<8 { across[row * 8 + out] += weight(out, place) * block[row * 8 + place] }
            }
        }
        var result = [Float](repeating: 0, count: 64)
        for out in 0..<8 {
            for place in 0..<8 {
                let factor = weight(out, place)
                for column in 0..<8 { result[out * 8 + column] += factor * across[place * 8 + column] }
            }
        }
        return result
    }
}
