import ArgumentParser
import Commands
import Foundation
import Media
import Workspace

/// How the result is encoded; without an option as the project's settings say.
struct EncodingOptions: ParsableArguments {
    @Option(
        help:
            "Video codec: auto keeps the target's where the output can hold it; h264, hevc, prores (.mov, .mkv), ffv1 (exact; .mkv)."
    )
    var codec: Codec?

    @Option(
        help: ArgumentHelp(
            "Constant rate factor (h264, hevc): 0 is exact, 51 the worst; default 16 and 20.",
            valueName: "number"))
    var quality: Int?

    @Option(
        help:
            "Sound: auto copies what the output can carry and encodes the rest to AAC; copy, aac, opus, flac, none."
    )
    var sound: Sound?

    @Option(
        help: ArgumentHelp(
            "FFmpeg's name, such as yuv420p or yuv422p10le; without it the target's own, or what comes nearest.",
            valueName: "format"))
    var pixelFormat: String?

    enum Codec: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, h264, hevc, prores, ffv1 }
    enum Sound: String, ExpressibleByArgument, CaseIterable, Sendable {
        case auto, copy, aac, opus, flac, none
    }

    /// Whether any of these is named.
    var isNamed: Bool { codec != nil || quality != nil || sound != nil || pixelFormat != nil }

    func validate() throws {
        if let quality, !(0...51).contains(quality) {
            throw ValidationError("--quality \(quality): must lie between 0 and 51.")
        }
    }

    /// Usage: the container takes the codec.
    func validate(output: String) throws {
        let container = URL(filePath: output).pathExtension.lowercased()
        switch codec {
        case .prores where container == "mp4":
            throw ValidationError("--codec prores needs --output with .mov or .mkv, not \(output).")
        case .ffv1 where container != "mkv":
            throw ValidationError("--codec ffv1 needs --output with .mkv, not \(output).")
        default: break
        }
        if let pixelFormat, !EncodingSettings.supports(pixelFormat: pixelFormat) {
            throw ValidationError(
                "--pixel-format \(pixelFormat): there is no such format; use one such as yuv420p, yuv444p or yuv422p10le."
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
