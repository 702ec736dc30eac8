import Foundation
import Tensors

/// How one face is turned, zoomed and shifted.
struct FaceMotion {
    /// In radians.
    let angle: Double
    let zoom: Double
    /// In sides of the crop.
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

    /// The affine map from the new picture to the old one, 2 × 3, as `affineGrid` takes it.
    ///
    /// - Parameter crop: the crop's share of the old picture's side.
    func map(crop: Double) -> [Float] {
        // Positions run over −1…1, so that a share of the side is twice as long here.
        let scale = zoom * crop
        let (x, y) = (2 * shift.x * crop, 2 * shift.y * crop)
        return [scale * cos(angle), -scale * sin(angle), x, scale * sin(angle), scale * cos(angle), y]
            .map(Float.init)
    }
}
