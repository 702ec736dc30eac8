import Faces
import Pictures

/// A part of the target's own face that is kept when another is laid over the rest.
package enum KeptPart: String, Sendable, Codable, CaseIterable {
    case mouth, eyes
    /// What is between the lips.
    case teeth

    /// How much of the target's own face is kept, 0…1 in crop pixels: all of the parts, fading into the new face around them.
    ///
    /// - Parameters:
    ///   - transform: picture pixels → pixels of the crop as it is laid into the frame.
    ///   - size: sides of the crop.
    ///   - width: of the face, in pixels of the crop.
    /// - Returns: nil where nothing is kept.
    static func plane(
        of parts: [KeptPart], landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int,
        faceWidth width: Double
    ) -> Plane? {
        allCases.filter(parts.contains).map { part -> Plane in
            // Mouth and eyes come with a margin of skin, over which they fade; teeth end where the lips begin.
            switch part {
            case .mouth:
                FaceMask.mouth(landmarks: landmarks, transform: transform, size: size)
                    .dilated(radius: 0.02 * width).blurred(sigma: 0.02 * width)
            case .eyes:
                FaceMask.eyes(landmarks: landmarks, transform: transform, size: size)
                    .dilated(radius: 0.02 * width).blurred(sigma: 0.02 * width)
            case .teeth:
                FaceMask.insideOfMouth(landmarks: landmarks, transform: transform, size: size)
                    .blurred(sigma: 0.006 * width)
            }
        }.reduce(nil) { sum, plane in sum?.union(plane) ?? plane }
    }
}
