import Faces
import Pictures

/// Locates the dense landmarks and the expression of a face at a known position.
package protocol FaceLandmarker {
    /// Landmarks in each region, in the order of the regions, with any presence; the caller applies a threshold. `nil` for
    /// an empty region.
    func landmarks(in picture: Picture, around regions: [FaceRegion]) throws -> [FaceLandmarks?]

    /// The expression from the landmarks.
    func expression(of landmarks: FaceLandmarks) throws -> Expression
}

extension FaceLandmarker {
    package func landmarks(in picture: Picture, around region: FaceRegion) throws -> FaceLandmarks? {
        try landmarks(in: picture, around: [region])[0]
    }
}
