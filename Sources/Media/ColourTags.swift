import CFFmpeg

/// Colour metadata of a video: code points of ITU-T H.273, as stored in containers.
package struct ColourTags: Sendable, Codable, Hashable {
    package enum Range: String, Sendable, Codable {
        case unspecified
        /// Luma 16…235, chroma 16…240 (of 8 bits).
        case limited
        /// 0…255.
        case full
    }

    package var range: Range
    /// 1: BT.709, 6: SMPTE 170M (BT.601), 9: BT.2020; 2: unspecified.
    package var primaries: Int
    package var transfer: Int
    package var matrix: Int
    /// FFmpeg's chroma sample location: 0 unspecified, 1 left (MPEG-2), 2 centre (JPEG), 3 top left.
    package var chromaLocation: Int

    package init(
        range: Range = .unspecified, primaries: Int = 2, transfer: Int = 2, matrix: Int = 2,
        chromaLocation: Int = 0
    ) {
        self.range = range
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.chromaLocation = chromaLocation
    }

    package static let unspecified = ColourTags()
    /// The usual tags of high-definition video.
    package static let bt709 = ColourTags(
        range: .limited, primaries: 1, transfer: 1, matrix: 1, chromaLocation: 1)
}

extension ColourTags {
    init(_ frame: UnsafePointer<AVFrame>) {
        self.init(
            range: Range(frame.pointee.color_range), primaries: Int(frame.pointee.color_primaries.rawValue),
            transfer: Int(frame.pointee.color_trc.rawValue), matrix: Int(frame.pointee.colorspace.rawValue),
            chromaLocation: Int(frame.pointee.chroma_location.rawValue))
    }

    func apply(to frame: UnsafeMutablePointer<AVFrame>) {
        frame.pointee.color_range = range.av
        frame.pointee.color_primaries = AVColorPrimaries(UInt32(primaries))
        frame.pointee.color_trc = AVColorTransferCharacteristic(UInt32(transfer))
        frame.pointee.colorspace = AVColorSpace(UInt32(matrix))
        frame.pointee.chroma_location = AVChromaLocation(UInt32(chromaLocation))
    }

    func apply(to encoder: UnsafeMutablePointer<AVCodecContext>) {
        encoder.pointee.color_range = range.av
        encoder.pointee.color_primaries = AVColorPrimaries(UInt32(primaries))
        encoder.pointee.color_trc = AVColorTransferCharacteristic(UInt32(transfer))
        encoder.pointee.colorspace = AVColorSpace(UInt32(matrix))
        encoder.pointee.chroma_sample_location = AVChromaLocation(UInt32(chromaLocation))
    }
}

extension ColourTags.Range {
    init(_ range: AVColorRange) {
        self =
            switch range {
            case AVCOL_RANGE_MPEG: .limited
            case AVCOL_RANGE_JPEG: .full
            default: .unspecified
            }
    }

    var av: AVColorRange {
        switch self {
        case .unspecified: AVCOL_RANGE_UNSPECIFIED
        case .limited: AVCOL_RANGE_MPEG
        case .full: AVCOL_RANGE_JPEG
        }
    }
}
