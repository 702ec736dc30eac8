import Pictures

extension Box {
    /// Converts a box from a frame's square pixels to its stored pixels.
    package func stored(_ shape: PixelShape) -> Box {
        Box(x: x / shape.x, y: y / shape.y, width: width / shape.x, height: height / shape.y)
    }
}
