import Pictures

/// A face as an overlay on a region of a frame.
struct FaceOverlay {
    /// The face's colours, without blending at the edge.
    let picture: Picture
    /// Opacity, 0…1, in the picture's size.
    let amount: Plane
    /// Position within the region.
    let place: PixelRegion

    /// Whether any pixel is visible in 8 bits.
    var isVisible: Bool { amount.values.contains { $0 >= 0.5 / 255 } }

    /// Composites the face over the region's pixels.
    func over(_ background: Picture) -> Picture {
        var result = background
        let below = background.cropped(x: place.x, y: place.y, width: place.width, height: place.height)
        result.paste(below.blended(with: picture, amount: amount), x: place.x, y: place.y)
        return result
    }

    /// The face's own colours wherever its opacity is not zero, the background's elsewhere: for a layer with alpha.
    func uncovered(on ground: Picture) -> Picture {
        var all = amount
        for index in all.values.indices { all.values[index] = amount.values[index] > 0 ? 1 : 0 }
        return FaceOverlay(picture: picture, amount: all, place: place).over(ground)
    }

    /// Composites the opacity, as a grey picture, over a background.
    func grey(over ground: Picture) -> Picture {
        let white = Picture(width: picture.width, height: picture.height, red: 255, green: 255, blue: 255)
        return FaceOverlay(picture: white, amount: amount, place: place).over(ground)
    }
}
