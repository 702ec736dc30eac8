import Foundation
import Media
import Pictures
import Provenance

/// A second video that shows the target beside the result, for looking at. Marked as the result is, whose label it shows.
final class ComparisonVideo {
    /// No half is wider: a pair of 4K frames is more than players take.
    private static let widest = 1920

    private let target: VideoReader
    private let writer: VideoWriter
    private let info: VideoInfo

    init(_ url: URL, target: URL, encoding: EncodingSettings) throws {
        let reader = try VideoReader(target)
        self.target = reader
        let size = Self.size(of: reader.info)
        var info = VideoInfo(
            width: 2 * size.width, height: size.height, frameRate: reader.info.frameRate,
            timeBase: reader.info.timeBase)
        info.isVariableRate = reader.info.isVariableRate
        info.duration = reader.info.duration
        self.info = info
        writer = try VideoWriter(
            url, like: info, settings: encoding, metadata: OutputMetadata().entries,
            tracksFrom: target)
    }

    /// - Parameter frame: the next frame of the result, which has a frame for each of the target's.
    func append(_ frame: VideoFrame) throws {
        guard let before = try target.next() else { return }
        let pair = try before.scaledPicture(maximumSide: Self.widest)
            .beside(frame.scaledPicture(maximumSide: Self.widest))
        try writer.append(VideoFrame(pair, index: frame.index, time: frame.time, like: info))
    }

    func finish() throws { try writer.finish() }

    func cancel() { writer.cancel() }

    /// As `scaledPicture` shrinks it.
    private static func size(of info: VideoInfo) -> (width: Int, height: Int) {
        let scale = min(1, Double(widest) / Double(max(1, info.width, info.height)))
        func scaled(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        return (scaled(info.width), scaled(info.height))
    }
}
