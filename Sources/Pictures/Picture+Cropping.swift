extension Picture {
    /// Crops the rectangle with its top-left corner at (x, y), whole pixels. Edges repeat outside the picture.
    package func cropped(x: Int, y: Int, width: Int, height: Int) -> Picture {
        guard self.width > 0, self.height > 0 else { return Picture(width: width, height: height) }
        var result = [UInt8](repeating: 0, count: width * height * 3)
        let inside = x >= 0 && x + width <= self.width
        pixels.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                for row in 0..<height {
                    let from = min(max(y + row, 0), self.height - 1) * self.width
                    let to = row * width * 3
                    if inside {
                        for byte in 0..<width * 3 { target[to + byte] = source[(from + x) * 3 + byte] }
                        continue
                    }
                    for column in 0..<width {
                        let pixel = (from + min(max(x + column, 0), self.width - 1)) * 3
                        for channel in 0..<3 { target[to + column * 3 + channel] = source[pixel + channel] }
                    }
                }
            }
        }
        return Picture(width: width, height: height, pixels: result)
    }

    /// Pastes `other` over this picture with its top-left corner at (x, y), clipped.
    package mutating func paste(_ other: Picture, x: Int, y: Int) {
        let columns = max(0, -x)..<max(max(0, -x), min(other.width, width - x))
        guard !columns.isEmpty else { return }
        for row in max(0, -y)..<max(max(0, -y), min(other.height, height - y)) {
            let from = (row * other.width + columns.lowerBound) * 3
            let to = ((row + y) * width + columns.lowerBound + x) * 3
            pixels.replaceSubrange(
                to..<to + columns.count * 3, with: other.pixels[from..<from + columns.count * 3])
        }
    }

    /// Concatenates another picture on the right.
    package func beside(_ other: Picture) -> Picture {
        var result = Picture(width: width + other.width, height: max(height, other.height))
        result.paste(self, x: 0, y: 0)
        result.paste(other, x: width, y: 0)
        return result
    }
}

extension Plane {
    /// Crops the rectangle with its top-left corner at (x, y), whole pixels, padded with `outside`.
    package func cropped(x: Int, y: Int, width: Int, height: Int, outside: Float = 0) -> Plane {
        var result = Plane(width: width, height: height, repeating: outside)
        let columns = max(0, -x)..<max(max(0, -x), min(width, self.width - x))
        for row in max(0, -y)..<max(max(0, -y), min(height, self.height - y)) {
            for column in columns {
                result.values[row * width + column] = values[(row + y) * self.width + column + x]
            }
        }
        return result
    }
}
