import Faces
import Foundation
import Pictures

/// Occlusion of a face, estimated from its colours.
enum FaceOcclusion {
    /// Share of the hull without eyes and mouth whose colour differs from the dominant one: a microphone, hair, a sleeve.
    /// Occlusions with skin colour, such as a hand, are not detected.
    static func share(of face: MeasuredCrop, hull: Plane) -> Double {
        let lab = LabPicture(face.picture)
        let features = face.eyesAndMouth
        let skin = hull.values.indices.filter { hull.values[$0] > 0.5 && features.values[$0] < 0.5 }
        guard skin.count >= 64 else { return 0 }
        guard let a = skin.map({ lab.a[$0] }).median(), let b = skin.map({ lab.b[$0] }).median() else {
            return 0
        }
        // Skin of one face spreads by 2 to 5 units around its median; half the pixels lie within `usual`.
        let distances = skin.map { hypot(lab.a[$0] - a, lab.b[$0] - b) }
        let usual = max(3, distances.median() ?? 0)
        return Double(distances.count { $0 > 4 * usual }) / Double(distances.count)
    }
}
