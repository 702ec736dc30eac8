/// An RGB colour in a picture's encoding.
package struct Colour: Sendable, Codable, Hashable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    package static let black = Colour(0, 0, 0)
    package static let white = Colour(255, 255, 255)
    package static let paper = Colour(250, 249, 246)
    package static let ink = Colour(38, 40, 46)
    package static let faint = Colour(214, 213, 208)
    /// A palette that is safe for red-green colour blindness (Okabe and Ito 2008).
    package static let series: [Colour] = [
        Colour(0, 114, 178), Colour(213, 94, 0), Colour(0, 158, 115), Colour(204, 121, 167),
        Colour(230, 159, 0),
        Colour(86, 180, 233),
    ]
}

extension Picture {
    /// Blends a colour: `amount` 0 leaves the pixel, 1 replaces it. Positions outside the picture are ignored.
    package mutating func mix(_ colour: Colour, amount: Float, x: Int, y: Int) {
        guard amount > 0, x >= 0, y >= 0, x < width, y < height else { return }
        let index = (y * width + x) * 3
        let part = min(1, amount)
        for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
            let old = Float(pixels[index + channel])
            pixels[index + channel] = UInt8(rounding: old + (Float(value) - old) * part)
        }
    }

    /// Fills an upright rectangle of whole pixels, clipped to the picture.
    package mutating func fill(_ colour: Colour, x: Int, y: Int, width: Int, height: Int) {
        for row in max(0, y)..<max(max(0, y), min(self.height, y + height)) {
            for column in max(0, x)..<max(max(0, x), min(self.width, x + width)) {
                mix(colour, amount: 1, x: column, y: row)
            }
        }
    }

    /// Draws one line of text in `BitmapFont` with its top-left corner at (x, y), at `scale` pixels per dot.
    package mutating func write(_ text: String, x: Int, y: Int, colour: Colour = .ink, scale: Int = 1) {
        var left = x
        for character in text {
            for (row, bits) in BitmapFont.rows(of: character).enumerated() {
                for column in 0..<BitmapFont.glyphWidth where bits >> (4 - column) & 1 == 1 {
                    fill(colour, x: left + column * scale, y: y + row * scale, width: scale, height: scale)
                }
            }
            left += BitmapFont.advance * scale
        }
    }

    /// Draws a straight anti-aliased line with round caps; positions and width in continuous pixels.
    package mutating func stroke(
        _ colour: Colour, from: (x: Double, y: Double), to: (x: Double, y: Double), width: Double
    ) {
        guard [from.x, from.y, to.x, to.y, width].allSatisfy(\.isFinite) else { return }
        let reach = width / 2 + 1
        let columns = range(min(from.x, to.x) - reach, max(from.x, to.x) + reach, limit: self.width)
        let rows = range(min(from.y, to.y) - reach, max(from.y, to.y) + reach, limit: height)
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let squared = max(dx * dx + dy * dy, 1e-12)
        for row in rows {
            for column in columns {
                let (px, py) = (Double(column) + 0.5 - from.x, Double(row) + 0.5 - from.y)
                let along = min(1, max(0, (px * dx + py * dy) / squared))
                let (ex, ey) = (px - along * dx, py - along * dy)
                let distance = (ex * ex + ey * ey).squareRoot()
                mix(colour, amount: Float(width / 2 + 0.5 - distance), x: column, y: row)
            }
        }
    }

    /// Fills an anti-aliased rectangle with rounded corners, in continuous pixels.
    package mutating func fillRounded(
        _ colour: Colour, x: Double, y: Double, width: Double, height: Double, radius: Double,
        opacity: Float = 1
    ) {
        let corner = min(radius, min(width, height) / 2)
        for row in range(y - 1, y + height + 1, limit: self.height) {
            for column in range(x - 1, x + width + 1, limit: self.width) {
                let px = abs(Double(column) + 0.5 - x - width / 2) - width / 2 + corner
                let py = abs(Double(row) + 0.5 - y - height / 2) - height / 2 + corner
                let (ox, oy) = (max(px, 0), max(py, 0))
                let distance = (ox * ox + oy * oy).squareRoot() + min(max(px, py), 0) - corner
                mix(colour, amount: opacity * min(1, Float(0.5 - distance)), x: column, y: row)
            }
        }
    }

    private func range(_ low: Double, _ high: Double, limit: Int) -> Range<Int> {
        let first = Int(max(0, min(Double(limit), low.rounded(.down))))
        return first..<max(first, Int(max(0, min(Double(limit), high.rounded(.up)))))
    }
}
