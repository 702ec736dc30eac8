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
        // Mouth and eyes come with a margin of skin, over which they fade; teeth end where the lips begin.
        func widened(_ plane: Plane) -> Plane {
            plane.dilated(radius: 0.02 * width).blurred(sigma: 0.02 * width)
        }
        return allCases.filter(parts.contains).map { part -> Plane in
            switch part {
            case .mouth:
                widened(FaceMask.mouth(landmarks: landmarks, transform: transform, size: size))
            case .eyes:
                widened(FaceMask.eyes(landmarks: landmarks, transform: transform, size: size))
            case .teeth:
                FaceMask.insideOfMouth(landmarks: landmarks, transform: transform, size: size)
                    .blurred(sigma: 0.006 * width)
            }
        }.reduce(nil) { sum, plane in sum?.union(plane) ?? plane }
    }
}
