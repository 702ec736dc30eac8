import Foundation
import Media
import Pictures
import Provenance

/// A second video with target and result side by side, for review. It carries the same marks as the result.
struct ComparisonVideo {
    /// Greatest width of a half: many players cannot play a pair of 4K frames.
    private static let widest = 1920

    let info: VideoInfo
    /// A format that every player supports.
    let encoding: EncodingSettings

    init(of target: VideoInfo, encoding: EncodingSettings) {
        let size = Self.size(of: target)
        var info = VideoInfo(
            width: 2 * size.width, height: size.height, frameRate: target.frameRate,
            timeBase: target.timeBase)
        info.isVariableRate = target.isVariableRate
        info.duration = target.duration
        self.info = info
        self.encoding = EncodingSettings(quality: encoding.quality, sound: encoding.sound)
    }

    func frame(_ finished: FinishedFrame<VideoFrame>) throws -> VideoFrame {
        let pair = try finished.original.scaledPicture(maximumSide: Self.widest)
            .beside(finished.frame.scaledPicture(maximumSide: Self.widest))
        return try VideoFrame(pair, index: finished.frame.index, time: finished.frame.time, like: info)
    }

    func writer(_ part: URL) throws -> VideoPartWriter {
        try VideoPartWriter(part, like: info, settings: encoding)
    }

    /// Scaled as `scaledPicture` does.
    private static func size(of info: VideoInfo) -> (width: Int, height: Int) {
        let size = info.squareSize
        let scale = min(1, Double(widest) / Double(max(1, size.width, size.height)))
        func scaled(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        return (scaled(size.width), scaled(size.height))
    }
}
