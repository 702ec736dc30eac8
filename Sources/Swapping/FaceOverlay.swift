import Pictures

/// A face as an overlay on a region of a frame.
struct FaceOverlay {
    /// The face's colours, without blending at the edge.
    let picture: Picture
    /// Opacity, 0…1, in the picture's size.
    let opacity: Plane
    /// Position within the region.
    let region: PixelRegion

    /// Whether any pixel is visible in 8 bits.
    var isVisible: Bool { opacity.values.contains { $0 >= 0.5 / 255 } }

    /// Composites the face over the region's pixels.
    func composited(over background: Picture) -> Picture {
        var result = background
        let below = background.cropped(x: region.x, y: region.y, width: region.width, height: region.height)
        result.paste(below.blended(with: picture, amount: opacity), x: region.x, y: region.y)
        return result
    }

    /// The face's own colours wherever its opacity is not zero, the background's elsewhere: for a layer with alpha.
    func unblended(over background: Picture) -> Picture {
        var all = opacity
        for index in all.values.indices { all.values[index] = opacity.values[index] > 0 ? 1 : 0 }
        return FaceOverlay(picture: picture, opacity: all, region: region).composited(over: background)
    }

    /// Composites the opacity, as a grey picture, over a background.
    func opacityPicture(over background: Picture) -> Picture {
        let white = Picture(width: picture.width, height: picture.height, red: 255, green: 255, blue: 255)
        return FaceOverlay(picture: white, opacity: opacity, region: region).composited(over: background)
    }
}
