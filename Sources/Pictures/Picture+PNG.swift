import CZip

/// A picture that could not be compressed.
package struct PictureError: Error, CustomStringConvertible {
    package let description: String
}

extension Picture {
    /// Encodes the picture as a PNG file (RFC 2083 / ISO 15948): 8-bit RGB, with the best filter per row.
    ///
    /// Needs no FFmpeg: training previews are written on machines without it. `Media` reads the files.
    package func png() throws -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        func add(_ type: String, _ content: [UInt8]) {
            let body = Array(type.utf8) + content
            file +=
                Self.bigEndian(content.count) + body + Self.bigEndian(Int(crc32(0, body, UInt32(body.count))))
        }
        // 8 bits per channel, RGB, the only compression and filter methods, not interlaced.
        add("IHDR", Self.bigEndian(width) + Self.bigEndian(height) + [8, 2, 0, 0, 0])
        add("IDAT", try Self.compressed(filtered()))
        add("IEND", [])
        return file
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(length))
        guard compress2(&result, &length, bytes, UInt(bytes.count), 6) == Z_OK else {
            throw PictureError(description: "a picture could not be compressed: no memory is left")
        }
        return Array(result.prefix(Int(length)))
    }

    /// Each row with its filter type, chosen by the least sum of absolute differences, as the standard suggests for such
    /// pictures (ISO 15948, 12.8).
    private func filtered() -> [UInt8] {
        let stride = width * 3
        var result: [UInt8] = []
        result.reserveCapacity(height * (stride + 1))
        var above = [UInt8](repeating: 0, count: stride)
        for row in 0..<height {
            let line = Array(pixels[row * stride..<(row + 1) * stride])
            let candidates = PNGFilter.allCases.map { $0.differences(of: line, above: above) }
            let costs = candidates.map { $0.reduce(0) { $0 + abs(Int(Int8(bitPattern: $1))) } }
            let best = costs.indices.min { costs[$0] < costs[$1] } ?? 0
            result.append(UInt8(best))
            result += candidates[best]
            above = line
        }
        return result
    }
}

/// The PNG filter types, which predict a byte from its neighbours, in the order of the standard.
private enum PNGFilter: CaseIterable {
    case none, left, up, average, paeth

    /// The filtered bytes of a row of RGB.
    func differences(of line: [UInt8], above: [UInt8]) -> [UInt8] {
        var result = line
        for index in line.indices {
            let left = index < 3 ? 0 : line[index - 3]
            let up = above[index]
            switch self {
            case .none: break
            case .left: result[index] &-= left
            case .up: result[index] &-= up
            case .average: result[index] &-= UInt8((Int(left) + Int(up)) / 2)
            case .paeth: result[index] &-= Self.nearest(left, up, index < 3 ? 0 : above[index - 3])
            }
        }
        return result
    }

    /// The Paeth predictor: of left, above and upper left, the one nearest to left + above − upper left.
    private static func nearest(_ left: UInt8, _ up: UInt8, _ corner: UInt8) -> UInt8 {
        let guess = Int(left) + Int(up) - Int(corner)
        let (a, b, c) = (abs(guess - Int(left)), abs(guess - Int(up)), abs(guess - Int(corner)))
        return a <= b && a <= c ? left : (b <= c ? up : corner)
    }
}
