import Faces

/// One person of a video who gets another face.
package struct SwapRole {
    /// Name of the person who is replaced, as edits call them.
    package let person: String
    package let swapper: any FaceSwapper
    /// Mean embedding of that person's faces; nil takes the largest face.
    package let identity: Embedding?
    /// Faces whose track is less like the identity than this cosine are somebody else's, and stay as they are.
    package let least: Float

    package init(
        person: String = "", swapper: any FaceSwapper, identity: Embedding? = nil,
        least: Float = Float(LikenessSpread.elsewhere.lowerBound)
    ) {
        (self.person, self.swapper) = (person, swapper)
        (self.identity, self.least) = (identity, least)
    }
}
