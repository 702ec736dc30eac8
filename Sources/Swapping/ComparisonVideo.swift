import Foundation
import Media
import Pictures
import Provenance

/// A second video that shows the target beside the result, for looking at. Marked as the result is, whose label it shows.
struct ComparisonVideo {
    /// No half is wider: a pair of 4K frames is more than players take.
    private static let widest = 1920

    let info: VideoInfo
    /// Made for looking at: any player shows it.
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

    /// As `scaledPicture` shrinks it.
    private static func size(of info: VideoInfo) -> (width: Int, height: Int) {
        let size = info.squareSize
        let scale = min(1, Double(widest) / Double(max(1, size.width, size.height)))
        func scaled(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        return (scaled(size.width), scaled(size.height))
    }
}
