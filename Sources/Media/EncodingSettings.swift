import CFFmpeg

/// Video encoding settings. The container is determined by the output's extension: .mp4, .mov or .mkv.
package struct EncodingSettings: Sendable, Codable, Equatable {
    package enum Codec: String, Sendable, Codable, CaseIterable {
        /// The target's codec if the container supports it, otherwise the closest one: `resolved(for:output:)`.
        case auto
        /// Most widely supported.
        case h264
        /// Half the bit rate, slower to encode.
        case hevc
        /// 10-bit 4:2:2 or 4:4:4 for editing; .mov and .mkv only.
        case prores
        /// Lossless; .mkv only.
        case ffv1
    }

    /// Encoder presets of H.264 and HEVC; slower ones give smaller files at the same quality. At H.264's default quality,
    /// `veryfast` is within 0.0005 SSIM and 1 % in size of `fast`, in half the time.
    package enum Preset: String, Sendable, Codable, CaseIterable {
        case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow
    }

    package var codec: Codec
    /// Constant rate factor (CRF) of H.264 and HEVC: 0 is lossless (H.264), 51 worst; `nil` for a visually lossless default.
    package var quality: Int?
    /// FFmpeg's name of the pixel format, such as "yuv422p10le"; `nil` for the video's own or the closest supported one.
    package var pixelFormat: String?
    package var preset: Preset
    /// Whether to copy, encode or omit the target's sound.
    package var sound: SoundChoice
    /// Encoder threads; 0 for the number of cores.
    package var threads: Int
    /// Whether the codec was selected by the target's.
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
    /// These settings with the codec selected by the target's.
    var following: EncodingSettings {
        var settings = self
        settings.followsTarget = true
        return settings
    }

    /// Whether FFmpeg has a pixel format of this name, and with `withAlpha`, whether it has an alpha channel.
    package static func supports(pixelFormat name: String, withAlpha: Bool = false) -> Bool {
        PixelFormat(name: name).map { $0.hasAlpha || !withAlpha } ?? false
    }

    /// Extensions of the containers that support the codec, for messages.
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

    /// CPU flags that make x264 deterministic, so that a conversion in parts equals an uninterrupted one. With AVX-512 it is not:
    /// 24 frames of 320 pixels width had two results, even on one thread (Debian's build of core 164); without, never.
    private static let exactInstructions =
        CFFmpegHasAVX512() ? "asm=MMX2,SSE2Fast,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2" : ""

    /// The encoder's private options (`AVOption`).
    func options(for info: VideoInfo, format: PixelFormat) -> [String: String] {
        switch codec {
        case .auto, .h264:
            ["preset": preset.rawValue, "crf": "\(quality ?? 16)", "x264-params": Self.exactInstructions]
        case .hevc:
            [
                "preset": preset.rawValue, "crf": "\(quality ?? 20)",
                // x265 would take the time base as the frame rate, and logs to standard error.
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

    /// The pixel format to encode: the video's own if the codec supports it, otherwise the closest.
    ///
    /// H.264 and HEVC are never encoded as RGB, gray or with alpha, which few players support.
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
