import ArgumentParser
import Commands
import Foundation
import Media
import Workspace

/// How the result is encoded; without an option as the project's settings say.
struct EncodingOptions: ParsableArguments {
    @Option(help: "h264, hevc, prores (.mov, .mkv) or ffv1 (exact; .mkv).")
    var codec: Codec?

    @Option(
        help: ArgumentHelp(
            "h264, hevc: 0 is exact, 16 hardly to be told from it, 51 the worst.", valueName: "number"))
    var quality: Int?

    @Option(
        help: ArgumentHelp(
            "FFmpeg's name, such as yuv420p or yuv422p10le; without it the target's own, or what comes nearest.",
            valueName: "format"))
    var pixelFormat: String?

    enum Codec: String, ExpressibleByArgument, CaseIterable, Sendable { case h264, hevc, prores, ffv1 }

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
        if let pixelFormat, !EncodingSettings.knows(pixelFormat: pixelFormat) {
            throw ValidationError(
                "--pixel-format \(pixelFormat): there is no such format; use one such as yuv420p, yuv444p or yuv422p10le."
            )
        }
    }

    func settings(_ project: EncodingChoice) -> EncodingSettings {
        var choice = project
        if let codec { choice.codec = codec.rawValue }
        if let quality { choice.quality = quality }
        var settings = EncodingSettings(choice)
        settings.pixelFormat = pixelFormat
        return settings
    }
}

extension EncodingSettings {
    init(_ choice: EncodingChoice) {
        self.init(
            codec: Codec(rawValue: choice.codec) ?? .h264, quality: choice.quality,
            preset: Preset(rawValue: choice.speed) ?? .medium)
    }
}
