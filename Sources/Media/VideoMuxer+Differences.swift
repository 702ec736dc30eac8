import Foundation

extension VideoMuxer {
    /// Differences between the output's video and the target's, as sentences for the user.
    static func differences(
        _ fitter: FrameFitter, _ info: VideoInfo, _ settings: EncodingSettings, _ url: URL
    ) -> [String] {
        var notices: [String] = []
        if let change = settings.codecChange(for: info, output: url) { notices.append(change) }
        if fitter.width != info.width || fitter.height != info.height {
            notices.append(
                "the output is \(fitter.width)×\(fitter.height) instead of \(info.width)×\(info.height), "
                    + "because the codec needs even sides; the last column or row is repeated")
        }
        if info.hasAlpha, !fitter.format.hasAlpha {
            notices.append(
                "the output has no transparency, because its codec has none; "
                    + "--codec prores (.mov) or --codec ffv1 (.mkv) keeps it")
        }
        if info.isInterlaced {
            notices.append(
                info.isDeinterlaced
                    ? "the output is not interlaced as the target is: whole pictures were made of its fields"
                    : "the target is interlaced, and its kind of pixels cannot be deinterlaced; edges may be combed"
            )
        }
        if info.bitDepth > fitter.format.bitDepth {
            notices.append(
                "the output has \(fitter.format.bitDepth) bits a sample instead of \(info.bitDepth)")
        }
        for kind in info.dynamicHDR {
            notices.append("the output does not carry the target's \(kind); its base layer is kept")
        }
        if let timecode = info.lostTimecode {
            notices.append("the output does not carry the target's timecode (\(timecode))")
        }
        return notices
    }
}
