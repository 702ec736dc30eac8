import Foundation
import Pictures

/// A watermark that was found.
package struct DetectedWatermark: Sendable, Equatable {
    package let id: UInt32
    /// Of the keys that were tried, the one that fits.
    package let keyIndex: Int
    /// How well the whole pattern fits, in standard deviations of what frames without it give.
    package let score: Double
    /// The chance that a search of frames without this mark gives one with such a score.
    package var falseAlarmRate: Double { WatermarkNoise.falseAlarmRate(score: score, round: round) }
    /// 0…1: what the chance of a false alarm leaves.
    package var confidence: Double { 1 - falseAlarmRate }
    package let round: WatermarkRound
    package let pose: WatermarkPose
    package let orientation: WatermarkOrientation
    package let part: WatermarkPart
    /// Frames that were looked at.
    package let frames: Int

    /// Degrees clockwise by which the picture was turned, after it was mirrored if it was: −45…315.
    package var turn: Double { 90 * Double(orientation.quarterTurns) + pose.angle }

    /// What happened to the picture, as far as the pattern shows it: "mirrored, turned by 5°".
    package var words: String {
        var words: [String] = []
        if orientation.isMirrored { words.append("mirrored") }
        if orientation.quarterTurns > 0 || abs(pose.angle) >= 1 {
            words.append("turned by \(Int(turn.rounded()))°")
        }
        // Half a step is what a search cannot tell apart.
        if abs(pose.stretch - 1) > 0.02 {
            words.append("stretched to \(Int((100 * pose.stretch).rounded())) %")
        }
        if !part.isWhole { words.append("in a part of the picture") }
        return words.isEmpty ? "upright" : words.joined(separator: ", ")
    }
}

/// Finds the invisible watermark in frames of a video, or in one picture.
///
/// Frames are added one by one; they need not follow one another, and a few seconds' worth spread over the video serve best.
/// Memory holds two small sums of them all. Scaled, cropped, mirrored, turned and stretched frames are found, and such as are
/// part of a larger picture; those filmed from the side are not.
package struct WatermarkDetector {
    private let matchers: [PatternSearch.Matchers]
    private var residuals: [WatermarkResidual] = []
    private var sizes: [(width: Int, height: Int)] = []

    /// - Parameter keys: all that are tried.
    package init(keys: [WatermarkKey] = [.program]) {
        matchers = keys.map(PatternSearch.matchers)
    }

    /// Whether frames of a size can be searched at all.
    package static func canSearch(width: Int, height: Int) -> Bool {
        min(width, height) >= WatermarkEmbedder.smallestSide
    }

    /// Adds a frame; too small ones do not count. Frames of another size are kept apart, and the most common size is searched.
    ///
    /// - Parameter luma: 0…255, of the whole frame; `VideoFrame.luma()` or `Picture.luma`.
    package mutating func add(_ luma: Plane) {
        guard Self.canSearch(width: luma.width, height: luma.height) else { return }
        if !sizes.contains(where: { $0 == (luma.width, luma.height) }) {
            sizes.append((luma.width, luma.height))
            residuals.append(WatermarkResidual(width: luma.width, height: luma.height))
        }
        for index in sizes.indices where sizes[index] == (luma.width, luma.height) {
            residuals[index].add(luma)
        }
    }

    /// Searches what was added so far; nil where no mark is found. Takes a tenth of a second where the mark lies
    /// upright, one to two seconds where there is none.
    package func find() -> DetectedWatermark? {
        let found = readings().enumerated().flatMap { index, readings in
            readings.compactMap { reading -> DetectedWatermark? in
                guard reading.counts, let id = reading.id else { return nil }
                return DetectedWatermark(
                    id: id, keyIndex: index, score: Double(reading.score), round: reading.round,
                    pose: reading.pose,
                    orientation: reading.orientation, part: reading.part, frames: frames)
            }
        }
        return found.max { $0.score < $1.score }
    }

    /// Frames of the size that is searched.
    package var frames: Int { residuals.map(\.frames).max() ?? 0 }

    /// All that a search reads by each key, noise too: for measuring how often noise reaches which score.
    package func readings() -> [[WatermarkReading]] {
        guard let residual = residuals.max(by: { $0.frames < $1.frames }) else { return [] }
        return PatternSearch(residual).readings(matchers)
    }
}
