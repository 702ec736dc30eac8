import Faces
import Pictures

/// A part of the target's own face that is kept while the rest is swapped.
package enum KeptPart: String, Sendable, Codable, CaseIterable {
    case mouth, eyes
    /// The area between the lips.
    case teeth

    /// Mask of the kept parts, 0…1 in crop pixels, with feathered edges.
    ///
    /// - Parameters:
    ///   - transform: picture pixels → pixels of the overlay's crop.
    ///   - size: side of the crop.
    ///   - width: width of the face in pixels of the crop.
    /// - Returns: `nil` if nothing is kept.
    static func plane(
        of parts: [KeptPart], landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int,
        faceWidth width: Double
    ) -> Plane? {
        // Mouth and eyes include a margin of skin, which is feathered; teeth end at the lips.
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
