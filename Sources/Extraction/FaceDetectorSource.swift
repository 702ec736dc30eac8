import Faces
import Pictures

/// What finds the faces in a clip's frames, shown one after the other, and follows them. Called from one thread at a time.
package protocol FaceDetectorSource: AnyObject {
    /// Forgets the tracks: a new clip begins. Track numbers go on.
    func reset()

    /// The same, in the middle of a clip: the picture is the frame before the next one, by which a cut between the two is
    /// seen; nil at the clip's beginning.
    func reset(after picture: Picture?)

    /// All faces in the next frame. Each track's first face carries an embedding, and others now and then.
    func faces(in picture: Picture) throws -> [ObservedFace]

    /// Cuts since the last reset.
    var shot: Int { get }

    /// Seconds worked so far, by stage.
    var seconds: [String: Double] { get }
}

extension FaceDetectorSource {
    package func reset(after picture: Picture?) { reset() }
    package var shot: Int { 0 }
    package var seconds: [String: Double] { [:] }
}
