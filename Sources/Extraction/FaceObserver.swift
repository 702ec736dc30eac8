import Faces
import Pictures

/// What finds the faces in a clip's frames, shown one after the other, and follows them. Called from one thread only.
package protocol FaceObserver: AnyObject {
    /// Forgets the tracks: a new clip begins. Track numbers go on.
    func reset()

    /// All faces in the next frame. Each track's first face carries an embedding, and others now and then.
    func faces(in picture: Picture) throws -> [ObservedFace]
}
