import Pictures

/// A face as it is laid into a region of a frame.
struct FaceOverlay {
    /// Its colours, sharp to the edge.
    let picture: Picture
    /// How much of it shows, 0…1; of the picture's size.
    let amount: Plane
    /// Where it lies within the region.
    let place: PixelRegion

    /// Whether any of it can be seen in 8 bits.
    var isVisible: Bool { amount.values.contains { $0 >= 0.5 / 255 } }

    /// The region's pixels with the face over them.
    func over(_ background: Picture) -> Picture {
        var result = background
        let below = background.cropped(x: place.x, y: place.y, width: place.width, height: place.height)
        result.paste(below.blended(with: picture, amount: amount), x: place.x, y: place.y)
        return result
    }

    /// The face's own colours where any of it shows, the ground's elsewhere: for a layer that carries alpha.
    func uncovered(on ground: Picture) -> Picture {
        var all = amount
        for index in all.values.indices { all.values[index] = amount.values[index] > 0 ? 1 : 0 }
        return FaceOverlay(picture: picture, amount: all, place: place).over(ground)
    }

    /// How much of it shows as a grey picture, over another's.
    func grey(over ground: Picture) -> Picture {
        let white = Picture(width: picture.width, height: picture.height, red: 255, green: 255, blue: 255)
        return FaceOverlay(picture: white, amount: amount, place: place).over(ground)
    }
}
