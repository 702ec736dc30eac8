import CFFmpeg
import Foundation
import Pictures

extension VideoFrame {
    /// A copy of the frame with a region replaced by a picture, in the frame's own pixel format.
    ///
    /// Only samples of changed pixels are written: samples outside the region, and samples inside it whose pixels equal
    /// `picture(x:y:width:height:)`, stay bit-exact. (With chroma subsampling, a chroma sample is written if any of its pixels
    /// has changed.) Alpha is kept. If the frame has more than the picture's eight bits, the written samples are dithered to
    /// avoid visible banding in HDR.
    ///
    /// - Parameter picture: of the region's size.
    /// - Throws: `MediaError.badRegion` if the region exceeds the frame or the picture has another size.
    package func replacing(x: Int, y: Int, width: Int, height: Int, with picture: Picture) throws
        -> VideoFrame
    {
        let region = try Region(x: x, y: y, width: width, height: height, in: self)
        guard picture.width == width, picture.height == height else {
            throw MediaError(
                .badRegion,
                "a picture of \(picture.width)×\(picture.height) cannot fill a region of \(width)×\(height)")
        }
        let wide = region.widened(in: self)
        let native = try layout(width: wide.width, height: wide.height)
        let before = try rgb(wide)
        let after = try before.copy()
        try after.draw(picture, x: x - wide.x, y: y - wide.y)
        let changes = try ChangedPixels(before, after)
        guard changes.any else { return self }

        let rgbLayout = try PixelLayout.rgb(width: wide.width, height: wide.height)
        let patch = try converter.convert(after, from: rgbLayout, to: native)
        try patch.dither(format: native.format, seed: index)
        let result = try buffer.copy()
        for plane in 0..<min(3, native.format.planeCount) {
            try result.patch(plane: plane, with: patch, at: wide, format: native.format, where: changes)
        }
        return with(result)
    }
}

/// The differing pixels of two RGB24 buffers of equal size.
struct ChangedPixels {
    let width: Int
    let height: Int
    /// 1 for pixels that differ.
    private(set) var flags: [UInt8]
    private(set) var any = false

    init(_ before: FrameBuffer, _ after: FrameBuffer) throws {
        (width, height) = (before.width, before.height)
        flags = [UInt8](repeating: 0, count: width * height)
        let (old, new) = (try before.plane(0), try after.plane(0))
        for row in 0..<height {
            let (left, right) = (old + row * before.stride(0), new + row * after.stride(0))
            guard memcmp(left, right, width * 3) != 0 else { continue }
            any = true
            flags.withUnsafeMutableBufferPointer { flags in
                for column in 0..<width {
                    let (a, b) = (left + column * 3, right + column * 3)
                    if a[0] != b[0] || a[1] != b[1] || a[2] != b[2] { flags[row * width + column] = 1 }
                }
            }
        }
    }

    /// The flags per unit of `1 << shiftX` by `1 << shiftY` pixels: 1 if any of its pixels differs.
    func reduced(shiftX: Int, shiftY: Int) -> ChangedPixels {
        guard shiftX > 0 || shiftY > 0 else { return self }
        return ChangedPixels(self, shiftX, shiftY)
    }

    private init(_ fine: ChangedPixels, _ shiftX: Int, _ shiftY: Int) {
        width = (fine.width + (1 << shiftX) - 1) >> shiftX
        height = (fine.height + (1 << shiftY) - 1) >> shiftY
        flags = [UInt8](repeating: 0, count: width * height)
        any = fine.any
        let width = width
        flags.withUnsafeMutableBufferPointer { flags in
            fine.flags.withUnsafeBufferPointer { source in
                for row in 0..<fine.height {
                    for column in 0..<fine.width where source[row * fine.width + column] != 0 {
                        flags[(row >> shiftY) * width + (column >> shiftX)] = 1
                    }
                }
            }
        }
    }
}

extension FrameBuffer {
    /// Adds uniform noise of one 8-bit step to samples of a higher bit depth; deterministic per seed.
    fileprivate func dither(format: PixelFormat, seed: Int) throws {
        let depth = format.bitDepth
        guard depth > 8, depth <= 16, format.name.hasSuffix("le"), format.unitBytes(ofPlane: 0) == 2,
            format.descriptor.pointee.comp.0.shift == 0
        else { return }
        let (step, most) = (1 << (depth - 8), (1 << depth) - 1)
        for plane in 0..<min(3, format.planeCount) {
            let shift = format.shifts(ofPlane: plane)
            let (columns, rows) = (
                (width + (1 << shift.x) - 1) >> shift.x, (height + (1 << shift.y) - 1) >> shift.y
            )
            let start = try self.plane(plane)
            var noise = UInt64(truncatingIfNeeded: seed &* 4 &+ plane) &* 0x9E37_79B9_7F4A_7C15 | 1
            for row in 0..<rows {
                let samples = UnsafeMutableRawPointer(start + row * stride(plane))
                    .assumingMemoryBound(to: UInt16.self)
                for column in 0..<columns {
                    // Marsaglia's xorshift, 2003.
                    noise ^= noise << 13
                    noise ^= noise >> 7
                    noise ^= noise << 17
                    let value = Int(samples[column]) + Int(noise >> 33) % step - step / 2
                    samples[column] = UInt16(min(max(value, 0), most))
                }
            }
        }
    }

    /// Copies the changed units of one plane from a patch with `region`'s top left corner.
    fileprivate func patch(
        plane: Int, with patch: FrameBuffer, at region: Region, format: PixelFormat,
        where changes: ChangedPixels
    ) throws {
        let (shiftX, shiftY) = format.shifts(ofPlane: plane)
        let units = changes.reduced(shiftX: shiftX, shiftY: shiftY)
        let bytes = format.unitBytes(ofPlane: plane)
        let source = try patch.plane(plane)
        let target =
            try self.plane(plane) + (region.y >> shiftY) * stride(plane) + (region.x >> shiftX) * bytes
        for row in 0..<units.height {
            let (from, to) = (source + row * patch.stride(plane), target + row * stride(plane))
            var column = 0
            while column < units.width {
                guard units.flags[row * units.width + column] != 0 else {
                    column += 1
                    continue
                }
                let first = column
                while column < units.width, units.flags[row * units.width + column] != 0 { column += 1 }
                (to + first * bytes).update(from: from + first * bytes, count: (column - first) * bytes)
            }
        }
    }
}
