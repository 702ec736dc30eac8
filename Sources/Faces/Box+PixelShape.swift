import Pictures

extension Box {
    /// The same box of a frame's square pixels in the frame's stored pixels.
    package func stored(_ shape: PixelShape) -> Box {
        Box(x: x / shape.x, y: y / shape.y, width: width / shape.x, height: height / shape.y)
    }
}
