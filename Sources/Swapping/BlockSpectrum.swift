import Foundation
import Pictures

/// How much of a face strong compression has taken away, by the frequencies of the blocks of 8 × 8 pixels that codecs
/// work in: of a compressed picture most coefficients of the cosine transform are zero.
package struct BlockSpectrum: Sendable, Equatable {
    /// For each of the 64 coefficients, rows of rising vertical frequency, the share of the blocks in which there is none
    /// to speak of.
    package private(set) var vanished: [Float]

    /// Coefficients smaller than this, in levels of luma, are none.
    private static let least: Float = 1
    private static let fewest = 12

    /// - Parameters:
    ///   - luma: 0…255.
    ///   - amount: where it is nearly 1 the face is.
    ///   - x, y: of the plane's corner in the frame, on whose grid the blocks lie.
    /// - Returns: nil where too few blocks lie in the face.
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

    /// Weighted mean of several; nil for none.
    static func average(_ weighted: [(spectrum: BlockSpectrum, weight: Float)]) -> BlockSpectrum? {
        guard var result = weighted.first?.spectrum else { return nil }
        let total = weighted.reduce(0) { $0 + $1.weight }
        for index in 0..<64 {
            result.vanished[index] =
                weighted.reduce(0) { $0 + $1.spectrum.vanished[index] * $1.weight } / total
        }
        return result
    }

    /// A picture of which as many coefficients vanish as of this spectrum's face, the smallest ones; only its luma changes.
    ///
    /// - Parameters:
    ///   - share: how much of what vanishes is taken away, 0…1.
    ///   - x, y: of the picture's corner in the frame.
    package func applied(to picture: Picture, share: Float, x: Int, y: Int) -> Picture {
        let luma = picture.luma
        var places: [Int] = []
        Self.eachBlock(width: luma.width, height: luma.height, x: x, y: y) { places.append($0) }
        guard !places.isEmpty else { return picture }
        let spectra = places.map { Self.transformed(Self.block(of: luma, at: $0)) }
        // Below this as many lie as vanish. The mean brightness always stays.
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

    /// Where the frame's whole blocks begin in a plane whose corner is at (x, y).
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

    /// The orthonormal cosine transform of type II, `[frequency][place]`.
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

    /// Rows, then columns, by the matrix whose entry at (out, in) `weight` gives.
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
