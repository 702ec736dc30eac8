import Faces
import Pictures

/// One face in one frame of a track.
package struct TrackedFace: Sendable {
    package let frame: Int
    package let face: ObservedFace

    package init(frame: Int, face: ObservedFace) {
        (self.frame, self.face) = (frame, face)
    }
}

/// A face to be swapped.
package struct SwapRequest: Sendable {
    /// The target's face, `FaceSwapper.size` pixels on each side, cut out as `FaceSwapper.crop` says.
    package let crop: Picture
    /// Number of the frame.
    package let frame: Int
    /// Square pixels of the frame → crop pixels, as the answer is laid into the frame.
    let laying: SimilarityTransform
    /// What is known of the face; its alignment, which placed the crop, is smoothed along the track.
    package let face: ObservedFace
    /// The same face as measured around this frame, itself among them, by rising frame number, not smoothed: for who
    /// wants to smooth what it measures.
    package let neighbours: [TrackedFace]
}

/// A swapped face in crop pixels, with the mask of what belongs to it (0…1), of the same size.
package struct SwappedFace: Sendable {
    package let face: Picture
    package let mask: Plane
    /// The target's own face as the model draws it, for who wants to know what of the frame is not that face; nil where
    /// nobody asked.
    package let own: Picture?
    /// Where the fine detail comes from that the face lacks; nil for nowhere.
    package var detail: DetailLayer?

    package init(face: Picture, mask: Plane, own: Picture? = nil) {
        (self.face, self.mask, self.own) = (face, mask, own)
    }
}

/// What turns one person's face into the other's. Called from one thread only.
package protocol FaceSwapper {
    /// Tells the drawings of one model and of its settings from another's.
    var fingerprint: String { get }

    /// Sides of the square crops that it takes and gives, in pixels.
    var size: Int { get }
    var crop: CropKind { get }

    /// One answer for each request, in their order.
    func swap(_ requests: [SwapRequest]) throws -> [SwappedFace]
}

/// What finds the faces in a video's frames, shown one after the other, and follows them. Called from one thread only.
package protocol FaceDetectorSource {
    /// Forgets what was followed: the next frame is not behind the last one.
    func reset()

    /// All faces in the next frame, of which some may carry an embedding.
    func faces(in picture: Picture) throws -> [ObservedFace]

    /// Cuts since the last reset, up to the last frame. Nothing is bridged or averaged over one.
    var shot: Int { get }

    /// Sudden changes of light since the last reset that were no cuts. Nothing of the light is averaged over one.
    var light: Int { get }
}

extension FaceDetectorSource {
    package var shot: Int { 0 }
    package var light: Int { 0 }
}

/// The stretch of a video that a frame belongs to.
struct Scene: Sendable, Equatable {
    /// Cuts before the frame.
    var shot = 0
    /// Sudden changes of light before it that were no cuts.
    var light = 0
}
