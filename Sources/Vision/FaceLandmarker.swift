import Faces
import Pictures

/// What finds the dense landmarks and the expression of a face whose place is known.
package protocol FaceLandmarker {
    /// Landmarks in each region, in the order of the regions; of any presence, which the caller judges. Nil for a region
    /// without extent.
    func landmarks(in picture: Picture, around regions: [FaceRegion]) throws -> [FaceLandmarks?]

    /// The expression that the landmarks show.
    func expression(of landmarks: FaceLandmarks) throws -> Expression
}

extension FaceLandmarker {
    package func landmarks(in picture: Picture, around region: FaceRegion) throws -> FaceLandmarks? {
        try landmarks(in: picture, around: [region])[0]
    }
}
