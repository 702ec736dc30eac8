import CFFmpeg

/// How a video is encoded. The container follows from the output's extension: .mp4, .mov or .mkv.
package struct EncodingSettings: Sendable, Codable, Equatable {
    package enum Codec: String, Sendable, Codable, CaseIterable {
        /// The target's own where the container holds it, otherwise what comes nearest: `resolved(for:output:)`.
        case auto
        /// Plays everywhere.
        case h264
        /// Half the size, slower to encode.
        case hevc
        /// 10-bit 4:2:2 or 4:4:4 for editing; .mov and .mkv only.
        case prores
        /// Lossless; .mkv only.
        case ffv1
    }

    /// How long the H.264 and HEVC encoders search; slower is smaller at the same quality. At the default
    /// quality of H.264 `veryfast` is within 0.0005 SSIM and 1 % in size of `fast`, in half the time.
    package enum Preset: String, Sendable, Codable, CaseIterable {
        case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
    }

    package var codec: Codec
    /// Constant rate factor of H.264 and HEVC: 0 is lossless (H.264), 51 worst; nil for a visually lossless
    /// default.
    package var quality: Int?
    /// FFmpeg's name of the pixel format, such as "yuv422p10le"; nil for the video's own or what comes nearest.
    package var pixelFormat: String?
    package var preset: Preset
    /// What becomes of the target's sound.
    package var sound: SoundChoice
    /// 0 for as many as the machine has cores.
    package var threads: Int
    /// Whether the codec was not named, but follows the target's.
    private(set) var followsTarget = false

    package init(
        codec: Codec = .h264, quality: Int? = nil, pixelFormat: String? = nil, preset: Preset = .veryfast,
        sound: SoundChoice = .auto, threads: Int = 0
    ) {
        self.codec = codec
        self.quality = quality
        self.pixelFormat = pixelFormat
        self.preset = preset
        self.sound = sound
        self.threads = threads
    }
}

extension EncodingSettings {
    /// The same, its codec to follow the target's.
    var following: EncodingSettings {
        var settings = self
        settings.followsTarget = true
        return settings
    }

    /// Whether FFmpeg knows a pixel format by this name, and whether that has alpha.
    package static func knows(pixelFormat name: String, withAlpha: Bool = false) -> Bool {
        PixelFormat(name: name).map { $0.hasAlpha || !withAlpha } ?? false
    }

    /// For messages: the extensions whose containers hold the codec.
    var extensions: String {
        switch codec {
        case .auto, .h264, .hevc: ".mp4, .mov or .mkv"
        case .prores: ".mov or .mkv"
        case .ffv1: ".mkv"
        }
    }

    var encoderName: String {
        switch codec {
        case .auto, .h264: "libx264"
        case .hevc: "libx265"
        case .prores: "prores_ks"
        case .ffv1: "ffv1"
        }
    }

    /// x264 is to give the same bytes every time, so that a conversion in parts ends as an unbroken one. With AVX-512 it does
    /// not: 320 pixels wide, 24 frames came out in two ways, even on one thread (Debian's build of core 164); without, never.
    private static let exactInstructions =
        CFFmpegHasAVX512() ? "asm=MMX2,SSE2Fast,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2" : ""

    /// The encoder's private options.
    func options(for info: VideoInfo, format: PixelFormat) -> [String: String] {
        switch codec {
        case .auto, .h264:
            ["preset": preset.rawValue, "crf": "\(quality ?? 16)", "x264-params": Self.exactInstructions]
        case .hevc:
            [
                "preset": preset.rawValue, "crf": "\(quality ?? 20)",
                // It would take the time base for the frame rate, and writes its log to standard error.
                "x265-params":
                    (["log-level=none", "fps=\(info.frameRate.numerator)/\(info.frameRate.denominator)"]
                    + (info.hdr?.x265 ?? [])).joined(separator: ":"),
            ]
        case .prores:
            ["profile": format.chromaShiftX == 0 ? "4444" : "hq", "vendor": "apl0"]
        case .ffv1:
            ["slicecrc": "1"]
        }
    }

    /// The pixel format to encode: the video's own where the codec has it, otherwise the nearest.
    ///
    /// H.264 and HEVC never get RGB, gray or alpha, which few players show.
    func pixelFormat(for own: PixelFormat, supported: [AVPixelFormat]) -> PixelFormat? {
        if let pixelFormat {
            return PixelFormat(name: pixelFormat).flatMap { supported.contains($0.av) ? $0 : nil }
        }
        var choices = supported.compactMap { PixelFormat($0) }
        if [.auto, .h264, .hevc].contains(codec) {
            choices.removeAll { $0.isRGB || $0.isGray || $0.hasAlpha || $0.name.hasPrefix("nv") && $0 != own }
            if own.isRGB || own.isGray { choices.removeAll { $0.chromaShiftY == 0 || $0.isFullRangeByName } }
        }
        if choices.contains(own) { return own }
        if !own.isFullRangeByName { choices.removeAll { $0.isFullRangeByName } }
        if !own.hasAlpha { choices.removeAll { $0.hasAlpha } }
        let list = choices.map(\.av) + [AV_PIX_FMT_NONE]
        let best = list.withUnsafeBufferPointer {
            avcodec_find_best_pix_fmt_of_list($0.baseAddress, own.av, own.hasAlpha ? 1 : 0, nil)
        }
        return PixelFormat(best)
    }
}
