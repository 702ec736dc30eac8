import CFFmpeg
import Foundation

/// The codec of an output follows the target's.
///
/// H.264, HEVC, ProRes and FFV1 stay what they are where the container holds them. All else becomes H.264, or HEVC where a
/// sample has more than 8 bits: players take 10 bits in HEVC alone. AV1 and VP9 are encoded as these two, because their
/// encoders take many times as long at the same quality.
extension EncodingSettings {
    /// The settings with a codec in place of `auto`.
    package func resolved(for info: VideoInfo, output: URL) -> EncodingSettings {
        guard codec == .auto else { return self }
        var settings = following
        let own = Codec(rawValue: info.codec == "auto" ? "" : info.codec)
        if let own, own.isHeld(in: output), own.isAvailable {
            settings.codec = own
        } else {
            settings.codec = info.bitDepth > 8 && Codec.hevc.isAvailable ? .hevc : .h264
        }
        return settings
    }

    /// A sentence for the user where the output's codec is not the target's, although it was not asked for.
    func codecChange(for info: VideoInfo, output: URL) -> String? {
        guard followsTarget, codec.rawValue != info.codec, info.codec != "rawvideo" else { return nil }
        let own = Codec(rawValue: info.codec)
        let why =
            own == nil
            ? "which is not encoded here"
            : own?.isAvailable == true
                ? "which .\(output.pathExtension) does not hold here" : "whose encoder FFmpeg here lacks"
        return "the output is \(codec.name); the target is \(info.codec), \(why)"
    }
}

extension EncodingSettings.Codec {
    /// For messages.
    var name: String {
        switch self {
        case .auto: "the target's codec"
        case .h264: "H.264"
        case .hevc: "HEVC"
        case .prores: "ProRes"
        case .ffv1: "FFV1"
        }
    }

    func isHeld(in output: URL) -> Bool {
        switch self {
        case .auto, .h264, .hevc: true
        case .prores: output.pathExtension.lowercased() != "mp4" && output.pathExtension.lowercased() != "m4v"
        case .ffv1: output.isMatroska
        }
    }

    var isAvailable: Bool {
        avcodec_find_encoder_by_name(EncodingSettings(codec: self).encoderName) != nil
    }
}
