import ArgumentParser
import Commands
import Foundation
import Media
import Workspace

/// Encoding options; the defaults are the project's settings.
struct EncodingOptions: ParsableArguments {
    @Option(
        help:
            "Video codec: auto (codec of the target if the container supports it), h264, hevc, prores (.mov, .mkv) or ffv1 (lossless, .mkv)."
    )
    var codec: Codec?

    @Option(
        help: ArgumentHelp(
            "Constant rate factor (CRF) of h264 and hevc, 0 (lossless) to 51 (worst) (default: 16 for h264, 20 for hevc).",
            valueName: "number"))
    var quality: Int?

    @Option(
        help:
            "Audio codec: auto (copies supported streams, encodes others to AAC), copy, aac, opus, flac or none."
    )
    var sound: Sound?

    @Option(
        help: ArgumentHelp(
            "FFmpeg pixel format, such as yuv420p or yuv422p10le (default: that of the target or the closest supported one).",
            valueName: "format"))
    var pixelFormat: String?

    enum Codec: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, h264, hevc, prores, ffv1 }
    enum Sound: String, ExpressibleByArgument, CaseIterable, Sendable {
        case auto, copy, aac, opus, flac, none
    }

    /// Whether any of these options is given.
    var isNamed: Bool { codec != nil || quality != nil || sound != nil || pixelFormat != nil }

    func validate() throws {
        if let quality, !(0...51).contains(quality) {
            throw ValidationError("--quality \(quality): must be between 0 and 51.")
        }
    }

    /// Throws a usage error if the container does not support the codec.
    func validate(output: String) throws {
        let container = URL(filePath: output).pathExtension.lowercased()
        switch codec {
        case .prores where container == "mp4":
            throw ValidationError("--codec prores requires --output with .mov or .mkv, not \(output).")
        case .ffv1 where container != "mkv":
            throw ValidationError("--codec ffv1 requires --output with .mkv, not \(output).")
        default: break
        }
        if let pixelFormat, !EncodingSettings.supports(pixelFormat: pixelFormat) {
            throw ValidationError(
                "--pixel-format \(pixelFormat): unknown pixel format; use one such as yuv420p, yuv444p or yuv422p10le."
            )
        }
    }

    func settings(_ project: EncodingChoice) -> EncodingSettings {
        var choice = project
        if let codec { choice.codec = codec.rawValue }
        if let quality { choice.quality = quality }
        if let sound { choice.sound = sound.rawValue }
        var settings = EncodingSettings(choice)
        settings.pixelFormat = pixelFormat
        return settings
    }
}

extension EncodingSettings {
    init(_ choice: EncodingChoice) {
        self.init(
            codec: Codec(rawValue: choice.codec) ?? .auto, quality: choice.quality < 0 ? nil : choice.quality,
            preset: Preset(rawValue: choice.speed) ?? .medium,
            sound: SoundChoice(rawValue: choice.sound) ?? .auto)
    }
}
