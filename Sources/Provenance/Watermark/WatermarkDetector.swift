import Foundation
import Pictures

/// A detected watermark.
package struct DetectedWatermark: Sendable, Equatable {
    package let id: UInt32
    /// Index of the matching key among those searched.
    package let keyIndex: Int
    /// Match of the whole pattern, in standard deviations of the score of unmarked frames.
    package let score: Double
    /// Probability that a search of unmarked frames gives such a score.
    package var falseAlarmRate: Double { WatermarkNoise.falseAlarmRate(score: score, round: round) }
    /// 1 − `falseAlarmRate`, 0…1.
    package var confidence: Double { 1 - falseAlarmRate }
    package let round: WatermarkRound
    package let pose: WatermarkPose
    package let orientation: WatermarkOrientation
    package let part: WatermarkPart
    /// Number of frames that were searched.
    package let frames: Int

    /// Rotation in degrees clockwise, after mirroring if mirrored: −45…315.
    package var turn: Double { 90 * Double(orientation.quarterTurns) + pose.angle }

    /// The transformations of the picture as detected from the pattern: "mirrored, turned by 5°".
    package var words: String {
        var words: [String] = []
        if orientation.isMirrored { words.append("mirrored") }
        if orientation.quarterTurns > 0 || abs(pose.angle) >= 1 {
            words.append("turned by \(Int(turn.rounded()))°")
        }
        // Half a search step is not distinguishable.
        if abs(pose.stretch - 1) > 0.02 {
            words.append("stretched to \(Int((100 * pose.stretch).rounded())) %")
        }
        if !part.isWhole { words.append("in a part of the picture") }
        return words.isEmpty ? "upright" : words.joined(separator: ", ")
    }
}

/// Detects the invisible watermark in frames of a video or in one picture.
///
/// Frames are added one by one and need not be consecutive; a few seconds' worth spread over the video work best. Memory use
/// is two small sums. Detects scaled, cropped, mirrored, rotated and stretched frames and frames embedded in a larger picture,
/// but not perspective distortion.
package struct WatermarkDetector {
    private let matchers: [PatternSearch.Matchers]
    private var residuals: [WatermarkResidual] = []
    private var sizes: [(width: Int, height: Int)] = []

    /// - Parameter keys: the keys to search for.
    package init(keys: [WatermarkKey] = [.program]) {
        matchers = keys.map(PatternSearch.matchers)
    }

    /// Whether frames of this size can be searched.
    package static func canSearch(width: Int, height: Int) -> Bool {
        min(width, height) >= WatermarkEmbedder.smallestSide
    }

    /// Adds a frame; ignores frames that are too small. Frames are summed per size, and the most common size is searched.
    ///
    /// - Parameter luma: 0…255, the whole frame; `VideoFrame.luma()` or `Picture.luma`.
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

    /// Searches the frames added so far; `nil` if no mark is found. Takes a tenth of a second for an upright mark, one to two
    /// seconds if there is none.
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

    /// Number of frames of the size that is searched.
    package var frames: Int { residuals.map(\.frames).max() ?? 0 }

    /// All readings of each key, including noise, to measure the score distribution of noise.
    package func readings() -> [[WatermarkReading]] {
        guard let residual = residuals.max(by: { $0.frames < $1.frames }) else { return [] }
        return PatternSearch(residual).readings(matchers)
    }
}
