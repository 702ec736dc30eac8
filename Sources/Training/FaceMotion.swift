import Foundation
import Tensors

/// Rotation, scale and translation of one face.
struct FaceMotion {
    /// In radians.
    let angle: Double
    let zoom: Double
    /// In fractions of the crop's side.
    let shift: (x: Double, y: Double)

    init(angle: Double, zoom: Double, shift: (x: Double, y: Double)) {
        (self.angle, self.zoom, self.shift) = (angle, zoom, shift)
    }

    init(_ settings: AugmentationSettings, numbers: inout RandomNumbers) {
        func even(_ reach: Double) -> Double { numbers.uniform(-reach...reach) }
        angle = even(settings.rotation) * .pi / 180
        zoom = exp(even(settings.zoom))
        shift = (even(settings.shift), even(settings.shift))
    }

    /// Affine map from output to input coordinates, 2 × 3, as `affineGrid` expects it.
    ///
    /// - Parameter crop: fraction of the input picture's side that the crop covers.
    func map(crop: Double) -> [Float] {
        // Coordinates run over −1…1, so that a fraction of the side is doubled here.
        let scale = zoom * crop
        let (x, y) = (2 * shift.x * crop, 2 * shift.y * crop)
        return [scale * cos(angle), -scale * sin(angle), x, scale * sin(angle), scale * cos(angle), y]
            .map(Float.init)
    }
}
