import CFFmpeg

/// A pixel format: a thin wrapper of FFmpeg's descriptor.
struct PixelFormat: Hashable {
    let av: AVPixelFormat
    let descriptor: UnsafePointer<AVPixFmtDescriptor>

    init?(_ av: AVPixelFormat) {
        guard let descriptor = av_pix_fmt_desc_get(av) else { return nil }
        self.av = av
        self.descriptor = descriptor
    }

    init?(name: String) { self.init(av_get_pix_fmt(name)) }

    static func == (left: PixelFormat, right: PixelFormat) -> Bool { left.av == right.av }
    func hash(into hasher: inout Hasher) { hasher.combine(av.rawValue) }

    var name: String { String(cString: descriptor.pointee.name) }
    var bitDepth: Int { Int(descriptor.pointee.comp.0.depth) }
    /// log2 of the horizontal chroma subsampling.
    var chromaShiftX: Int { Int(descriptor.pointee.log2_chroma_w) }
    var chromaShiftY: Int { Int(descriptor.pointee.log2_chroma_h) }
    var planeCount: Int { Int(max(0, av_pix_fmt_count_planes(av))) }
    var isRGB: Bool { has(AV_PIX_FMT_FLAG_RGB) }
    var hasAlpha: Bool { has(AV_PIX_FMT_FLAG_ALPHA) }
    var isPlanar: Bool { has(AV_PIX_FMT_FLAG_PLANAR) }
    var isGray: Bool { !isRGB && descriptor.pointee.nb_components <= 2 }
    /// YUV with full range by its name (`yuvj…`), a legacy of JPEG decoders.
    var isFullRangeByName: Bool { name.hasPrefix("yuvj") }

    /// Whether samples are byte-aligned and can be copied one by one. Palettes, bitmaps, Bayer patterns and hardware frames are
    /// not; the reader converts them.
    var isPlain: Bool {
        let awkward = [
            AV_PIX_FMT_FLAG_PAL, AV_PIX_FMT_FLAG_BITSTREAM, AV_PIX_FMT_FLAG_HWACCEL, AV_PIX_FMT_FLAG_BAYER,
        ]
        return !awkward.contains { has($0) } && bitDepth >= 8
    }

    /// Subsampling shifts from pixels to the units of a plane.
    func shifts(ofPlane plane: Int) -> (x: Int, y: Int) {
        let isShared = planeCount == 1 || plane == 1 || plane == 2
        return isShared ? (chromaShiftX, chromaShiftY) : (0, 0)
    }

    /// Bytes per unit of a plane (a sample of a planar format, a group of pixels of a packed one).
    func unitBytes(ofPlane plane: Int) -> Int {
        Int(max(0, av_image_get_linesize(av, Int32(1 << shifts(ofPlane: plane).x), Int32(plane))))
    }

    private func has(_ flag: Int32) -> Bool { descriptor.pointee.flags & UInt64(flag) != 0 }
}
