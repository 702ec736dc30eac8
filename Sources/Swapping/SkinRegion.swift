import Faces
import Foundation
import Pictures

/// The face and its skin in a crop, as the region for colour measurements.
///
/// Skin is the hull of the landmarks without eyes, brows and mouth. Pixels are weighted by the distance of their colour to
/// the skin's median, which excludes hair on the forehead, beards, shadows of nostrils, glasses and hands.
struct SkinRegion: Sendable, Equatable {
    /// Eyes, brows and mouth inside the hull, and the rest of the hull.
    let features: Plane
    let skin: Plane

    /// Distance from the median in units of L*a*b*, lightness at half, at which a pixel's weight is e^−½; at least, and as
    /// a multiple of the median distance: evenly lit skin is separated from hair more strictly.
    private static let (least, multiple): (Float, Float) = (5, 1.5)

    var hull: Plane { features.combined(with: skin, +) }

    /// - Parameter features: `nil` for none.
    init(features: Plane? = nil, skin: Plane) {
        self.features = features ?? Plane(width: skin.width, height: skin.height)
        self.skin = skin
    }

    /// - Parameter hull: hull of the landmarks, in pixels of the crop.
    init(hull: Plane, landmarks: FaceLandmarks, transform: SimilarityTransform) {
        let features = FaceMask.features(landmarks: landmarks, transform: transform, size: hull.width)
        self.init(
            features: hull.product(features), skin: hull.combined(with: features) { $0 * (1 - $1) })
    }

    /// Weights of the skin's pixels by their colours.
    func weighted(in picture: LabPicture) -> Plane {
        let inside = skin.values.indices.filter { skin.values[$0] > 0.5 }
        guard inside.count >= 64 else { return skin }
        let middle = [picture.lightness, picture.a, picture.b].map { plane in
            inside.map { plane[$0] }.median() ?? 0
        }
        func distance(_ index: Int) -> Float {
            let (l, a, b) = (
                (picture.lightness[index] - middle[0]) / 2, picture.a[index] - middle[1],
                picture.b[index] - middle[2]
            )
            return (l * l + a * a + b * b).squareRoot()
        }
        let spread = max(Self.least, Self.multiple * (inside.map(distance).median() ?? 0))
        var result = skin
        for index in result.values.indices where result.values[index] > 0 {
            let share = distance(index) / spread
            result.values[index] *= Float(exp(-0.5 * Double(share * share)))
        }
        return result
    }
}
