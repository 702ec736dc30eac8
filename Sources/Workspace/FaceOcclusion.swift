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
        let middle = (a: median(skin.map { lab.a[$0] }), b: median(skin.map { lab.b[$0] }))
        // The skin colour of one face deviates by 2 to 5 units from its median; half of the pixels are within `usual`.
        let distances = skin.map { hypot(lab.a[$0] - middle.a, lab.b[$0] - middle.b) }
        let usual = max(3, median(distances))
        return Double(distances.count { $0 > 4 * usual }) / Double(distances.count)
    }

    private static func median(_ values: [Float]) -> Float { values.sorted()[values.count / 2] }
}
