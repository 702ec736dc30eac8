import Media
import Pictures

extension VideoFrame: SwappableFrame {
    package func blankCanvas(for layer: ConversionLayer) throws -> VideoFrame {
        try layer.format.map(blank) ?? self
    }

    package func squarePicture() throws -> Picture { try squarePicture(isQuick: false) }

    package func opaque(in region: PixelRegion) throws -> VideoFrame {
        try withAlpha(
            Plane(width: region.width, height: region.height, repeating: 1), x: region.x, y: region.y)
    }
}

extension ConversionLayer {
    /// Pixel format of the layer's frames; `nil` for the target's format.
    var format: VideoFrame.LayerFormat? {
        switch self {
        case .result: nil
        case .face: .transparent
        case .mask: .grey
        }
    }
}
