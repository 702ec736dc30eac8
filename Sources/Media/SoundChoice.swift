import CFFmpeg

/// Handling of the source's sound, with the names of `ffmpeg -c:a`.
package enum SoundChoice: String, Sendable, Codable, CaseIterable {
    /// Copied if the container supports it, otherwise encoded to AAC.
    case auto
    /// Copied; an error if the container does not support it.
    case copy
    case aac
    case opus
    /// Lossless.
    case flac
    /// Omitted.
    case none

    /// The codec to encode to; `nil` if sound is only copied or omitted.
    var codec: SoundCodec? {
        switch self {
        case .auto, .aac: .aac
        case .opus: .opus
        case .flac: .flac
        case .copy, .none: nil
        }
    }

    /// Whether tracks are copied if possible.
    var prefersCopy: Bool { self == .auto || self == .copy }
}

/// Audio codecs for encoding.
enum SoundCodec: String {
    case aac, opus, flac

    /// The codec's name for messages.
    var name: String { self == .opus ? "Opus" : rawValue.uppercased() }

    var encoder: UnsafePointer<AVCodec>? {
        avcodec_find_encoder_by_name(self == .opus ? "libopus" : rawValue)
    }

    /// The sample rate to encode at: the source's if codec and players support it, otherwise 48 or 44.1 kHz.
    func rate(for own: Int32) -> Int32 {
        switch self {
        case .opus: return 48_000
        case .flac: return min(max(own, 8_000), 192_000)
        case .aac:
            let known: [Int32] = [
                48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
            ]
            if known.contains(own) { return own }
            return own > 0 && own % 11_025 == 0 ? 44_100 : 48_000
        }
    }

    /// Bit rate of a track in bits per second; 0 for the codec's default.
    func bitRate(channels: Int32, rate: Int32) -> Int64 {
        let channels = Int64(max(1, channels))
        switch self {
        case .flac: return 0
        case .opus: return 96_000 * channels
        // At most 6144 bits per channel and frame of 1024 samples.
        case .aac: return min(96_000 * channels, 4 * Int64(rate) * channels)
        }
    }

    /// The encoder's sample format.
    func sampleFormat(bits: Int32) -> AVSampleFormat {
        switch self {
        case .aac: AV_SAMPLE_FMT_FLTP
        case .opus: AV_SAMPLE_FMT_FLT
        case .flac: bits > 16 ? AV_SAMPLE_FMT_S32 : AV_SAMPLE_FMT_S16
        }
    }

    /// Channel layouts to try, the source's first.
    func layouts(channels: Int32, own: String) -> [String] {
        var layouts = [own]
        if channels >= 8 { layouts.append("7.1") }
        if channels >= 6 { layouts += ["5.1", "5.1(side)"] }
        layouts += channels > 1 ? ["stereo"] : ["mono"]
        return layouts.filter { !$0.isEmpty }
    }
}
