import Faces

/// A person of a video whose face is replaced.
package struct SwapRole {
    /// Name of the replaced person, as used in edits.
    package let person: String
    package let swapper: any FaceSwapper
    /// Mean embedding of that person's faces; `nil` selects the largest face.
    package let identity: Embedding?
    /// Least cosine similarity of a track to the identity; other faces are left unchanged.
    package let least: Float

    package init(
        person: String = "", swapper: any FaceSwapper, identity: Embedding? = nil,
        least: Float = Float(LikenessSpread.elsewhere.lowerBound)
    ) {
        (self.person, self.swapper) = (person, swapper)
        (self.identity, self.least) = (identity, least)
    }
}
