import Pictures

/// The visible label: a small dark badge with rounded corners and the text "AI", in a corner of every frame.
package struct SyntheticLabel: Sendable, Equatable {
    package enum Corner: String, Sendable, Codable, CaseIterable {
        case bottomRight, bottomLeft, topRight, topLeft
    }

    /// 4.5 % of the frame's height, at least 14 pixels.
    package let height: Int
    package let width: Int
    /// Distance from the frame's edges in pixels: 2.5 % of its shorter side.
    package let margin: Int
    private let frameWidth: Int
    private let frameHeight: Int

    package init(frameWidth: Int, frameHeight: Int) {
        (self.frameWidth, self.frameHeight) = (frameWidth, frameHeight)
        // Even sizes, so that no chroma sample is shared with a pixel outside the badge.
        height = max(14, Int((Double(frameHeight) * 0.045 / 2).rounded()) * 2)
        width = Int((Double(height) * 1.5 / 2).rounded()) * 2
        margin = max(2, Int((Double(min(frameWidth, frameHeight)) * 0.025 / 2).rounded()) * 2)
    }

    /// The badge's region, clipped to the frame.
    package func region(in corner: Corner) -> PixelRegion {
        let right = max(0, frameWidth - margin - width) / 2 * 2
        let bottom = max(0, frameHeight - margin - height) / 2 * 2
        let x = corner == .bottomRight || corner == .topRight ? right : min(margin, right)
        let y = corner == .bottomRight || corner == .bottomLeft ? bottom : min(margin, bottom)
        return PixelRegion(
            x: x, y: y, width: min(width, frameWidth - x), height: min(height, frameHeight - y))
    }

    /// The corner farthest from a face; bottom right without a face.
    package func corner(awayFrom face: PixelRegion?) -> Corner {
        guard let face else { return .bottomRight }
        let (x, y) = (Double(face.x) + Double(face.width) / 2, Double(face.y) + Double(face.height) / 2)
        func distance(_ corner: Corner) -> Double {
            let place = region(in: corner)
            let dx = Double(place.x) + Double(place.width) / 2 - x
            let dy = Double(place.y) + Double(place.height) / 2 - y
            return dx * dx + dy * dy
        }
        // Ties go to the first corner, so that a centred face always gets the same one.
        return Corner.allCases.reduce(.bottomRight) { distance($1) > distance($0) + 1e-9 ? $1 : $0 }
    }

    /// A standalone picture, such as a preview sheet, with the badge in its bottom right corner.
    package static func labelled(_ picture: Picture) -> Picture {
        let label = SyntheticLabel(frameWidth: picture.width, frameHeight: picture.height)
        let region = label.region(in: .bottomRight)
        guard !region.isEmpty else { return picture }
        var result = picture
        let below = picture.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
        result.paste(label.drawn(on: below), x: region.x, y: region.y)
        return result
    }

    /// Draws the badge over a picture of its region.
    package func drawn(on picture: Picture) -> Picture {
        var result = picture
        let (w, h) = (Double(width), Double(height))
        result.fillRounded(
            Colour(18, 20, 26), x: 0, y: 0, width: w, height: h, radius: 0.26 * h, opacity: 0.82)
        let (top, bottom, line) = (0.24 * h, 0.76 * h, max(1.4, 0.105 * h))
        let (left, middle, right, bar) = (0.25 * w, 0.42 * w, 0.59 * w, 0.74 * w)
        let cross = top + 0.64 * (bottom - top)
        let inset = 0.36 * (middle - left)
        let light = Colour(244, 245, 248)
        result.stroke(light, from: (left, bottom), to: (middle, top), width: line)
        result.stroke(light, from: (middle, top), to: (right, bottom), width: line)
        result.stroke(light, from: (left + inset, cross), to: (right - inset, cross), width: line * 0.9)
        result.stroke(light, from: (bar, top), to: (bar, bottom), width: line)
        return result
    }
}
