import Faces
import Pictures

/// One face of a track in one frame.
package struct TrackedFace: Sendable {
    package let frame: Int
    package let face: ObservedFace

    package init(frame: Int, face: ObservedFace) {
        (self.frame, self.face) = (frame, face)
    }
}

/// A face to be swapped.
package struct SwapRequest: Sendable {
    /// The target's face, `FaceSwapper.size` pixels on each side, cropped as `FaceSwapper.crop`.
    package let crop: Picture
    /// Frame number.
    package let frame: Int
    /// Square pixels of the frame → crop pixels, for the overlay of the result.
    let overlayTransform: SimilarityTransform
    /// Analysis of the face; its alignment, which placed the crop, is smoothed along the track.
    package let face: ObservedFace
    /// The same face in the frames around this one, this one included, by rising frame number, without smoothing: for
    /// swappers that smooth their own measurements.
    package let neighbours: [TrackedFace]
}

/// A swapped face in crop pixels, with the mask of the face (0…1) in the same size.
package struct SwappedFace: Sendable {
    package let face: Picture
    package let mask: Plane
    /// The target's own face as reconstructed by the model, for detecting occluders; `nil` unless requested.
    package let own: Picture?
    /// Detail that the generated face lacks; `nil` for none.
    package var detail: DetailLayer?

    package init(face: Picture, mask: Plane, own: Picture? = nil) {
        (self.face, self.mask, self.own) = (face, mask, own)
    }
}

/// Replaces one person's face by another's. Called from one thread only.
package protocol FaceSwapper {
    /// Identifies the output of one model and its settings.
    var fingerprint: String { get }

    /// Side of the square crops of input and output, in pixels.
    var size: Int { get }
    var crop: CropKind { get }

    /// Returns one result per request, in order.
    func swap(_ requests: [SwapRequest]) throws -> [SwappedFace]
}

/// Detects and tracks faces in consecutive frames of a video. Called from one thread only.
package protocol FaceDetectorSource {
    /// Ends all tracks: the next frame does not follow the last one.
    func reset()

    /// Returns all faces in the next frame, some of them with an embedding.
    func faces(in picture: Picture) throws -> [ObservedFace]

    /// Number of cuts since the last reset, up to the last frame. Nothing is interpolated or averaged across a cut.
    var shot: Int { get }

    /// Number of sudden lighting changes since the last reset that were no cuts. Colours are not averaged across one.
    var light: Int { get }
}

extension FaceDetectorSource {
    package var shot: Int { 0 }
    package var light: Int { 0 }
}

/// The shot and lighting that a frame belongs to.
struct Scene: Sendable, Equatable {
    /// Number of cuts before the frame.
    var shot = 0
    /// Number of sudden lighting changes before it that were no cuts.
    var light = 0
}
