import CFFmpeg

/// Static HDR metadata for tone mapping (SMPTE ST 2086 and CTA-861.3).
package struct HDRMetadata: Sendable, Codable, Equatable {
    /// Mastering display in x265's syntax: `G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)`, in 1/50000 and 1/10000 cd/m².
    package var masteringDisplay: String?
    /// MaxCLL and MaxFALL in cd/m².
    package var lightLevel: LightLevel?

    package struct LightLevel: Sendable, Codable, Equatable {
        package var maximum: Int
        package var frameAverage: Int
    }

    package var isEmpty: Bool { masteringDisplay == nil && lightLevel == nil }
}

extension HDRMetadata {
    /// From the container, or else from the first frame.
    init(_ stream: UnsafeMutablePointer<AVStream>, first: FrameBuffer) {
        let display = Self.data(
            stream, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, first, AV_FRAME_DATA_MASTERING_DISPLAY_METADATA)
        var text = [CChar](repeating: 0, count: 256)
        if CFFmpegDescribeMastering(display?.baseAddress, display?.count ?? 0, &text, text.count) {
            masteringDisplay = String(
                decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let light = Self.data(
            stream, AV_PKT_DATA_CONTENT_LIGHT_LEVEL, first, AV_FRAME_DATA_CONTENT_LIGHT_LEVEL)
        var (most, average): (UInt32, UInt32) = (0, 0)
        if CFFmpegReadLightLevel(light?.baseAddress, light?.count ?? 0, &most, &average) {
            lightLevel = LightLevel(maximum: Int(most), frameAverage: Int(average))
        }
    }

    /// Options of x265.
    var x265: [String] {
        [
            masteringDisplay.map { "master-display=\($0)" },
            lightLevel.map { "max-cll=\($0.maximum),\($0.frameAverage)" },
        ].compactMap { $0 }
    }

    /// Adds the metadata to a stream before its header is written.
    func apply(to stream: UnsafeMutablePointer<AVStream>) throws {
        if let masteringDisplay { try check(CFFmpegAddMastering(stream, masteringDisplay)) }
        if let lightLevel {
            try check(
                CFFmpegAddLightLevel(
                    stream, UInt32(clamping: lightLevel.maximum), UInt32(clamping: lightLevel.frameAverage)))
        }
    }

    private static func data(
        _ stream: UnsafeMutablePointer<AVStream>, _ kind: AVPacketSideDataType, _ frame: FrameBuffer,
        _ frameKind: AVFrameSideDataType
    ) -> UnsafeRawBufferPointer? {
        var size = 0
        if let data = CFFmpegSideData(stream, kind, &size) {
            return UnsafeRawBufferPointer(start: data, count: size)
        }
        guard let side = av_frame_get_side_data(frame.av, frameKind) else { return nil }
        return UnsafeRawBufferPointer(start: side.pointee.data, count: side.pointee.size)
    }
}
