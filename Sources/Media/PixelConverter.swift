import CFFmpeg
import Synchronization

/// The interpretation of samples: size, format, matrix, range and chroma location.
struct PixelLayout: Hashable {
    var width: Int
    var height: Int
    var format: PixelFormat
    /// H.273 matrix coefficients, never "unspecified".
    var matrix: Int
    var isFullRange: Bool
    /// Horizontal chroma offset from the top left luma sample, in 1/256 of a luma step.
    var chromaX: Int
    var chromaY: Int

    /// A frame's layout by its tags. Untagged frames are BT.601 below 720 lines (1280 columns) and BT.709 above, with limited
    /// range unless gray or full by format.
    init(width: Int, height: Int, format: PixelFormat, colour: ColourTags, frameWidth: Int, frameHeight: Int)
    {
        self.width = width
        self.height = height
        self.format = format
        let isHD = frameWidth >= 1280 || frameHeight >= 720
        let supported = [1, 4, 5, 6, 7, 9, 10].contains(colour.matrix)
        matrix = supported ? colour.matrix : (isHD ? 1 : 6)
        isFullRange =
            switch colour.range {
            case .full: true
            case .limited: format.isFullRangeByName
            case .unspecified: format.isFullRangeByName || format.isGray || format.isRGB
            }
        (chromaX, chromaY) =
            switch colour.chromaLocation {
            case 2: (128, 128)
            case 3: (0, 0)
            case 4: (128, 0)
            case 5: (0, 256)
            case 6: (128, 256)
            case 0 where format.isFullRangeByName: (128, 128)
            default: (0, 128)
            }
    }

    /// 8-bit RGB, as in `Picture`.
    static func rgb(width: Int, height: Int) throws -> PixelLayout {
        guard let format = PixelFormat(AV_PIX_FMT_RGB24) else { throw FFmpegError(status: CFFmpegNoMemory) }
        return PixelLayout(
            width: width, height: height, format: format, colour: .unspecified, frameWidth: width,
            frameHeight: height)
    }
}

/// Converts between pixel formats and sizes with libswscale, reusing its contexts.
///
/// Chroma is interpolated at its true location, with accurate rounding; downscaling uses area averaging.
final class PixelConverter: Sendable {
    private struct Key: Hashable {
        let source: PixelLayout
        let target: PixelLayout
        let isQuick: Bool
    }

    private struct Context: @unchecked Sendable {
        let key: Key
        let pointer: OpaquePointer
    }

    /// Contexts that are not in use, most recent last.
    private let idle = Mutex<[Context]>([])
    private let capacity = 12

    deinit {
        idle.withLock { $0.forEach { sws_freeContext($0.pointer) } }
    }

    /// Converts the part of `frame` with top left corner (x, y) and the source layout's size.
    ///
    /// - Parameters:
    ///   - x, y: multiples of the format's chroma subsampling.
    ///   - isQuick: uses nearest-neighbour chroma and less accurate rounding, ten times as fast.
    func convert(
        _ frame: FrameBuffer, x: Int = 0, y: Int = 0, from source: PixelLayout, to target: PixelLayout,
        isQuick: Bool = false
    ) throws
        -> FrameBuffer
    {
        let result = try FrameBuffer(width: target.width, height: target.height, format: target.format)
        let context = try acquire(Key(source: source, target: target, isQuick: isQuick))
        defer { release(context) }

        var starts: [UnsafePointer<UInt8>?] = []
        var strides: [Int32] = []
        var targetStarts: [UnsafeMutablePointer<UInt8>?] = []
        var targetStrides: [Int32] = []
        for plane in 0..<4 {
            starts.append(
                plane < source.format.planeCount ? try start(of: frame, plane, x, y, source.format) : nil)
            strides.append(plane < source.format.planeCount ? Int32(frame.stride(plane)) : 0)
            targetStarts.append(plane < target.format.planeCount ? try result.plane(plane) : nil)
            targetStrides.append(plane < target.format.planeCount ? Int32(result.stride(plane)) : 0)
        }
        // A palette is a second plane that the pixel format's descriptor does not count.
        if source.format.av == AV_PIX_FMT_PAL8 { starts[1] = UnsafePointer(try frame.plane(1)) }
        try check(
            sws_scale(
                context.pointer, starts, strides, 0, Int32(source.height), targetStarts, targetStrides))
        return result
    }

    private func start(of frame: FrameBuffer, _ plane: Int, _ x: Int, _ y: Int, _ format: PixelFormat) throws
        -> UnsafePointer<UInt8>
    {
        let rows = (y >> format.shifts(ofPlane: plane).y) * frame.stride(plane)
        let columns = x == 0 ? 0 : Int(av_image_get_linesize(format.av, Int32(x), Int32(plane)))
        return UnsafePointer(try frame.plane(plane) + rows + columns)
    }

    private func acquire(_ key: Key) throws -> Context {
        let found = idle.withLock { idle -> Context? in
            guard let index = idle.lastIndex(where: { $0.key == key }) else { return nil }
            return idle.remove(at: index)
        }
        return try found ?? make(key)
    }

    private func release(_ context: Context) {
        let surplus = idle.withLock { idle -> Context? in
            idle.append(context)
            return idle.count > capacity ? idle.removeFirst() : nil
        }
        if let surplus { sws_freeContext(surplus.pointer) }
    }

    private func make(_ key: Key) throws -> Context {
        let (source, target) = (key.source, key.target)
        let shrinks = target.width < source.width || target.height < source.height
        let method = shrinks ? SWS_AREA : SWS_BICUBIC
        let flags =
            key.isQuick ? SWS_POINT : method | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
        let context = try allocated(sws_alloc_context())
        let options: [(String, Int)] = [
            ("srcw", source.width), ("srch", source.height), ("src_format", Int(source.format.av.rawValue)),
            ("dstw", target.width), ("dsth", target.height), ("dst_format", Int(target.format.av.rawValue)),
            ("src_range", source.isFullRange ? 1 : 0), ("dst_range", target.isFullRange ? 1 : 0),
            ("src_h_chr_pos", source.format.chromaShiftX == 1 ? source.chromaX : -513),
            ("src_v_chr_pos", source.format.chromaShiftY == 1 ? source.chromaY : -513),
            ("dst_h_chr_pos", target.format.chromaShiftX == 1 ? target.chromaX : -513),
            ("dst_v_chr_pos", target.format.chromaShiftY == 1 ? target.chromaY : -513),
            ("sws_flags", Int(flags)),
        ]
        do {
            for (name, value) in options {
                try check(av_opt_set_int(UnsafeMutableRawPointer(context), name, Int64(value), 0))
            }
            try check(sws_init_context(context, nil, nil))
        } catch {
            sws_freeContext(context)
            throw error
        }
        // Fails without effect if neither side is YUV.
        sws_setColorspaceDetails(
            context, sws_getCoefficients(Int32(source.matrix)), source.isFullRange ? 1 : 0,
            sws_getCoefficients(Int32(target.matrix)), target.isFullRange ? 1 : 0, 0, 1 << 16, 1 << 16)
        return Context(key: key, pointer: context)
    }
}
