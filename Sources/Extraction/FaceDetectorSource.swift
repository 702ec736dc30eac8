import Faces
import Pictures

/// Detects and tracks faces in consecutive frames of a clip. Called from one thread at a time.
package protocol FaceDetectorSource: AnyObject {
    /// Ends all tracks at the beginning of a new clip. Track numbers are not reused.
    func reset()

    /// Ends all tracks in the middle of a clip.
    ///
    /// - Parameter picture: the previous frame, to detect a cut before the next one; `nil` at the beginning of the clip.
    func reset(after picture: Picture?)

    /// All faces in the next frame. The first face of each track has an embedding, and some later ones.
    func faces(in picture: Picture) throws -> [ObservedFace]

    /// Number of cuts since the last reset.
    var shot: Int { get }

    /// Total computation time in seconds, by stage.
    var seconds: [String: Double] { get }
}

extension FaceDetectorSource {
    package func reset(after picture: Picture?) { reset() }
    package var shot: Int { 0 }
    package var seconds: [String: Double] { [:] }
}
