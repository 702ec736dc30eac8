import Faces

/// One person of a video who gets another face.
package struct SwapRole {
    /// Name of the person who is replaced, as edits call them.
    package let person: String
    package let swapper: any FaceSwapper
    /// Mean embedding of that person's faces; nil takes the largest face.
    package let identity: Embedding?

    package init(person: String = "", swapper: any FaceSwapper, identity: Embedding? = nil) {
        (self.person, self.swapper, self.identity) = (person, swapper, identity)
    }
}
