import CFFmpeg

/// How the samples of a frame lie in memory: a thin view of FFmpeg's description.
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
    /// Two luma columns (rows) share a chroma sample where this is 1, four where it is 2.
    var chromaShiftX: Int { Int(descriptor.pointee.log2_chroma_w) }
    var chromaShiftY: Int { Int(descriptor.pointee.log2_chroma_h) }
    var planeCount: Int { Int(max(0, av_pix_fmt_count_planes(av))) }
    var isRGB: Bool { has(AV_PIX_FMT_FLAG_RGB) }
    var hasAlpha: Bool { has(AV_PIX_FMT_FLAG_ALPHA) }
    var isPlanar: Bool { has(AV_PIX_FMT_FLAG_PLANAR) }
    var isGray: Bool { !isRGB && descriptor.pointee.nb_components <= 2 }
    /// YUV with the range in the format's name, an old habit of JPEG decoders.
    var isFullRangeByName: Bool { name.hasPrefix("yuvj") }

    /// Whether samples sit on whole bytes that can be copied one by one. Palettes, bitmaps, mosaics and
    /// frames in a graphics card's memory do not; the reader turns those into something that does.
    var isPlain: Bool {
        let awkward = [
            AV_PIX_FMT_FLAG_PAL, AV_PIX_FMT_FLAG_BITSTREAM, AV_PIX_FMT_FLAG_HWACCEL, AV_PIX_FMT_FLAG_BAYER,
        ]
        return !awkward.contains { has($0) } && bitDepth >= 8
    }

    /// The shifts that lead from pixels to the units of one plane.
    func shifts(ofPlane plane: Int) -> (x: Int, y: Int) {
        let isShared = planeCount == 1 || plane == 1 || plane == 2
        return isShared ? (chromaShiftX, chromaShiftY) : (0, 0)
    }

    /// Bytes of a unit (one sample of a planar format, one group of pixels of a packed one) of a plane.
    func unitBytes(ofPlane plane: Int) -> Int {
        Int(max(0, av_image_get_linesize(av, Int32(1 << shifts(ofPlane: plane).x), Int32(plane))))
    }

    private func has(_ flag: Int32) -> Bool { descriptor.pointee.flags & UInt64(flag) != 0 }
}
