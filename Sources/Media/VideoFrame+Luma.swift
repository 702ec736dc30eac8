import CFFmpeg
import Pictures

extension VideoFrame {
    /// Luma as stored, scaled to 0…255 at any bit depth (in limited range black is 16).
    package func luma() throws -> Plane {
        guard let plane = try plainLuma(of: buffer) else { return try picture().luma }
        return plane.plane
    }

    /// A copy with luma samples changed in place, at their own bit depth; chroma and alpha stay bit-exact.
    ///
    /// In RGB frames all three channels change by the same amount. Frames with non-contiguous samples are converted via 8-bit
    /// RGB in the changed area.
    package func changingLuma(_ change: (LumaPlane) throws -> Void) throws -> VideoFrame {
        let copy = try buffer.copy()
        if let plane = try plainLuma(of: copy) {
            try change(plane)
            return with(copy)
        }
        if let channels = try PlainChannels(copy) {
            try channels.changeLuma(change)
            return with(copy)
        }
        return try replacing(
            x: 0, y: 0, width: width, height: height, with: picture().changingLuma(change))
    }

    /// The first plane of a buffer, if it contains only luma as native integers.
    private func plainLuma(of buffer: FrameBuffer) throws -> LumaPlane? {
        let layout = try layout(width: width, height: height)
        guard !layout.format.isRGB, let start = try buffer.samples(ofComponent: 0, in: layout.format) else {
            return nil
        }
        let depth = layout.format.bitDepth
        return LumaPlane(
            start, width: width, height: height, stride: buffer.stride(0) / (depth > 8 ? 2 : 1),
            bitDepth: depth,
            isFullRange: layout.isFullRange)
    }
}

/// Planar red, green and blue, in native integers.
private struct PlainChannels {
    let planes: [LumaPlane]

    /// `nil` for other formats.
    init?(_ buffer: FrameBuffer) throws {
        guard let format = PixelFormat(buffer.format), format.isRGB, format.isPlanar else { return nil }
        var planes: [LumaPlane] = []
        for component in 0..<3 {
            guard let start = try buffer.samples(ofComponent: component, in: format) else { return nil }
            let plane = format.component(component).plane
            planes.append(
                LumaPlane(
                    start, width: buffer.width, height: buffer.height,
                    stride: buffer.stride(Int(plane)) / (format.bitDepth > 8 ? 2 : 1),
                    bitDepth: format.bitDepth,
                    isFullRange: true))
        }
        self.planes = planes
    }

    func changeLuma(_ change: (LumaPlane) throws -> Void) throws {
        let first = planes[0]
        let (width, height, depth) = (first.width, first.height, first.bitDepth)
        let weights = [0.299, 0.587, 0.114]
        var luma = [Double](repeating: 0, count: width * height)
        for (plane, weight) in zip(planes, weights) {
            for index in luma.indices { luma[index] += weight * Double(plane[index % width, index / width]) }
        }
        let before = luma.map { UInt16($0.rounded()) }
        var after = before
        if depth > 8 {
            try after.withUnsafeMutableBufferPointer { samples in
                guard let start = samples.baseAddress else { return }
                try change(
                    LumaPlane(
                        .words(start), width: width, height: height, stride: width, bitDepth: depth,
                        isFullRange: true))
            }
        } else {
            var bytes = before.map { UInt8($0) }
            try bytes.withUnsafeMutableBufferPointer { samples in
                guard let start = samples.baseAddress else { return }
                try change(
                    LumaPlane(
                        .bytes(start), width: width, height: height, stride: width, bitDepth: depth,
                        isFullRange: true))
            }
            after = bytes.map { UInt16($0) }
        }
        for index in before.indices where before[index] != after[index] {
            for plane in planes {
                plane.move(index % width, index / width, by: Int(after[index]) - Int(before[index]))
            }
        }
    }
}

extension LumaPlane {
    fileprivate subscript(column: Int, row: Int) -> Int {
        switch samples {
        case .bytes(let start): Int(start[row * stride + column])
        case .words(let start): Int(start[row * stride + column])
        }
    }

    fileprivate func move(_ column: Int, _ row: Int, by step: Int) {
        let value = min(max(self[column, row] + step, legal.lowerBound), legal.upperBound)
        switch samples {
        case .bytes(let start): start[row * stride + column] = UInt8(value)
        case .words(let start): start[row * stride + column] = UInt16(value)
        }
    }
}

extension FrameBuffer {
    /// A component's samples; `nil` unless they are contiguous native integers.
    fileprivate func samples(ofComponent index: Int, in format: PixelFormat) throws -> LumaPlane.Samples? {
        let component = format.component(index)
        let bytes: Int32 = component.depth > 8 ? 2 : 1
        guard component.depth >= 8, component.depth <= 16, component.step == bytes, component.shift == 0,
            component.offset == 0, format.isNativeInteger
        else { return nil }
        let start = try plane(Int(component.plane))
        guard bytes == 2 else { return .bytes(start) }
        return .words(UnsafeMutableRawPointer(start).assumingMemoryBound(to: UInt16.self))
    }
}

extension PixelFormat {
    fileprivate func component(_ index: Int) -> AVComponentDescriptor {
        let components = descriptor.pointee.comp
        return switch index {
        case 0: components.0
        case 1: components.1
        default: components.2
        }
    }

    /// Neither floating point nor big-endian above 8 bits (all supported machines are little-endian).
    fileprivate var isNativeInteger: Bool {
        let flags = descriptor.pointee.flags
        return flags & UInt64(AV_PIX_FMT_FLAG_FLOAT) == 0
            && (bitDepth == 8 || flags & UInt64(AV_PIX_FMT_FLAG_BE) == 0)
    }
}
