import CFFmpeg

/// An `AVFrame` with its samples. Immutable once shared with another object, so it may cross threads.
final class FrameBuffer: @unchecked Sendable {
    let av: UnsafeMutablePointer<AVFrame>

    /// An empty frame for a decoder or filter to fill.
    init() throws { av = try allocated(av_frame_alloc()) }

    /// A frame with uninitialised samples, rows aligned for FFmpeg's SIMD code.
    convenience init(width: Int, height: Int, format: PixelFormat) throws {
        try self.init()
        av.pointee.width = Int32(width)
        av.pointee.height = Int32(height)
        av.pointee.format = format.av.rawValue
        try check(av_frame_get_buffer(av, 64))
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = av
        av_frame_free(&frame)
    }

    var width: Int { Int(av.pointee.width) }
    var height: Int { Int(av.pointee.height) }
    var format: AVPixelFormat { AVPixelFormat(av.pointee.format) }

    /// First byte of a plane. Consecutive rows are `stride` bytes apart, which may be negative.
    func plane(_ index: Int) throws -> UnsafeMutablePointer<UInt8> {
        let data = av.pointee.data
        switch index {
        case 0: return try allocated(data.0)
        case 1: return try allocated(data.1)
        case 2: return try allocated(data.2)
        default: return try allocated(data.3)
        }
    }

    func stride(_ index: Int) -> Int {
        let sizes = av.pointee.linesize
        return switch index {
        case 0: Int(sizes.0)
        case 1: Int(sizes.1)
        case 2: Int(sizes.2)
        default: Int(sizes.3)
        }
    }

    /// A deep copy.
    func copy() throws -> FrameBuffer {
        let copy = try FrameBuffer()
        try check(av_frame_ref(copy.av, av))
        try check(av_frame_make_writable(copy.av))
        return copy
    }

    /// A new reference to the same samples, whose properties (but not samples) may be changed.
    func reference() throws -> FrameBuffer {
        let reference = try FrameBuffer()
        try check(av_frame_ref(reference.av, av))
        return reference
    }
}
