import CFFmpeg
import Pictures

extension VideoFrame {
    /// Pixel formats of frames that store one layer of a picture, 8 bits per sample.
    package enum LayerFormat: String, Sendable {
        /// Luma only.
        case grey = "gray"
        /// RGB with straight (unpremultiplied) alpha.
        case transparent = "gbrap"
    }

    /// A black or fully transparent frame with the same size and timestamps.
    package func blank(_ layer: LayerFormat) throws -> VideoFrame {
        guard let format = PixelFormat(name: layer.rawValue) else {
            throw MediaError(
                .unsupportedCodec, "FFmpeg here does not know the pixel format \(layer.rawValue)")
        }
        let blank = try FrameBuffer(width: width, height: height, format: format)
        for plane in 0..<format.planeCount {
            try blank.plane(plane).update(repeating: 0, count: blank.stride(plane) * height)
        }
        layer.colour.apply(to: blank.av)
        blank.av.pointee.pts = buffer.av.pointee.pts
        blank.av.pointee.sample_aspect_ratio = buffer.av.pointee.sample_aspect_ratio
        return with(blank)
    }

    /// A copy whose alpha in a region is at least `alpha`, 0…1; the frame itself if it has no alpha channel.
    ///
    /// - Throws: `MediaError.badRegion` if the region exceeds the frame.
    package func withAlpha(_ alpha: Plane, x: Int, y: Int) throws -> VideoFrame {
        guard pixelFormat == LayerFormat.transparent.rawValue else { return self }
        let region = try Region(x: x, y: y, width: alpha.width, height: alpha.height, in: self)
        let result = try buffer.copy()
        let (start, stride) = (try result.plane(3), result.stride(3))
        for row in 0..<region.height {
            for column in 0..<region.width {
                let place = (region.y + row) * stride + region.x + column
                start[place] = max(
                    start[place], UInt8(rounding: 255 * alpha.values[row * region.width + column]))
            }
        }
        return with(result)
    }
}

extension VideoFrame.LayerFormat {
    fileprivate var colour: ColourTags {
        switch self {
        case .grey: ColourTags(range: .full)
        case .transparent: ColourTags(range: .full, matrix: 0)
        }
    }
}

extension VideoInfo {
    /// The properties of the same video with layers as frames.
    package func holding(_ layer: VideoFrame.LayerFormat) -> VideoInfo {
        var info = self
        (info.pixelFormat, info.bitDepth, info.colour) = (layer.rawValue, 8, layer.colour)
        info.hasAlpha = layer == .transparent
        return info
    }
}
