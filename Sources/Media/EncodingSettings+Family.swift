import CFFmpeg
import Foundation

/// Selects an output codec from the target's.
///
/// H.264, HEVC, ProRes and FFV1 are kept if the container supports them. Other codecs become H.264, or HEVC for more than 8
/// bits per sample: players support 10 bits in HEVC only. AV1 and VP9 are encoded as these two, because their encoders are
/// many times slower at the same quality.
extension EncodingSettings {
    /// The settings with `auto` replaced by a codec.
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

    /// A notice for the user if the output's codec differs from the target's without having been requested.
    func codecChange(for info: VideoInfo, output: URL) -> String? {
        guard followsTarget, codec.rawValue != info.codec, info.codec != "rawvideo" else { return nil }
        let own = Codec(rawValue: info.codec)
        let why =
            own == nil
            ? "which Dimorph does not encode"
            : own?.isAvailable == true
                ? "which .\(output.pathExtension) does not support" : "for which this FFmpeg has no encoder"
        return "the output is \(codec.name); the target is \(info.codec), \(why)"
    }
}

extension EncodingSettings.Codec {
    /// The codec's name for messages.
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
