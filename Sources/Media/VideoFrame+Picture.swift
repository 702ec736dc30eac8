import CFFmpeg
import Pictures

extension VideoFrame {
    /// The whole frame as full-range RGB, converted with its own matrix and range.
    package func picture() throws -> Picture {
        let source = try layout(width: width, height: height)
        return try converter.convert(buffer, from: source, to: .rgb(width: width, height: height)).picture()
    }

    /// The whole frame as full-range RGB in square pixels, for face detection.
    ///
    /// - Parameter isQuick: faster, with errors of a few levels.
    package func squarePicture(isQuick: Bool = false) throws -> Picture {
        let (size, source) = (
            pixelShape.squareSize(width: width, height: height), try layout(width: width, height: height)
        )
        return try converter.convert(
            buffer, from: source, to: .rgb(width: size.width, height: size.height),
            isQuick: isQuick && pixelShape.isSquare
        ).picture()
    }

    /// A region of the frame as RGB, with the same values as `picture()`.
    ///
    /// - Throws: `MediaError.badRegion` if the region is empty or exceeds the frame.
    package func picture(x: Int, y: Int, width: Int, height: Int) throws -> Picture {
        let region = try Region(x: x, y: y, width: width, height: height, in: self)
        let wide = region.widened(in: self)
        return try rgb(wide).picture(x: x - wide.x, y: y - wide.y, width: width, height: height)
    }

    /// The whole frame as RGB in square pixels, downscaled (never enlarged) to at most `maximumSide`.
    package func scaledPicture(maximumSide: Int) throws -> Picture {
        let size = pixelShape.squareSize(width: width, height: height)
        let scale = min(1, Double(maximumSide) / Double(max(size.width, size.height)))
        let small = try PixelLayout.rgb(
            width: max(1, Int((Double(size.width) * scale).rounded())),
            height: max(1, Int((Double(size.height) * scale).rounded())))
        return try converter.convert(buffer, from: layout(width: width, height: height), to: small).picture()
    }

    func rgb(_ region: Region) throws -> FrameBuffer {
        try converter.convert(
            buffer, x: region.x, y: region.y, from: layout(width: region.width, height: region.height),
            to: .rgb(width: region.width, height: region.height))
    }
}

/// A pixel rectangle inside a frame.
struct Region: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    init(x: Int, y: Int, width: Int, height: Int, in frame: VideoFrame) throws {
        guard width > 0, height > 0, x >= 0, y >= 0, x + width <= frame.width, y + height <= frame.height
        else {
            throw MediaError(
                .badRegion,
                "a region of \(width)×\(height) at (\(x), \(y)) leaves the frame of \(frame.width)×\(frame.height)"
            )
        }
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// The region extended by at least eight pixels on each side (the reach of chroma interpolation), to multiples of 16, so that
    /// edges are between chroma samples and sizes recur from frame to frame.
    func widened(in frame: VideoFrame) -> Region {
        var wide = self
        wide.x = max(0, x - 8) / 16 * 16
        wide.y = max(0, y - 8) / 16 * 16
        wide.width = min(frame.width, (x + width + 8 + 15) / 16 * 16) - wide.x
        wide.height = min(frame.height, (y + height + 8 + 15) / 16 * 16) - wide.y
        return wide
    }
}

extension FrameBuffer {
    /// An RGB24 buffer, or a part of it, as a picture.
    func picture(x: Int = 0, y: Int = 0, width: Int? = nil, height: Int? = nil) throws -> Picture {
        let (width, height) = (width ?? self.width, height ?? self.height)
        let start = try plane(0) + y * stride(0) + x * 3
        let stride = stride(0)
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
            guard let base = target.baseAddress else { return }
            for row in 0..<height {
                (base + row * width * 3).initialize(from: start + row * stride, count: width * 3)
            }
            count = width * height * 3
        }
        return Picture(width: width, height: height, pixels: pixels)
    }

    /// Copies a picture into an RGB24 buffer that is not shared yet.
    func draw(_ picture: Picture, x: Int = 0, y: Int = 0) throws {
        let start = try plane(0) + y * stride(0) + x * 3
        let stride = stride(0)
        let rowBytes = picture.width * 3
        picture.pixels.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for row in 0..<picture.height {
                (start + row * stride).update(from: base + row * rowBytes, count: rowBytes)
            }
        }
    }
}
