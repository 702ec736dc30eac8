import Tensors

/// What drawn faces are compared with. Values are in 0…1.
package struct TrueFaces {
    package let faces: Tensor  // [B, 3, R, R]
    package let mask: Tensor  // [B, 1, R, R]
    package let eyes: Tensor  // [B, 1, R, R]
    package let mouth: Tensor  // [B, 1, R, R]

    package init(faces: Tensor, mask: Tensor, eyes: Tensor, mouth: Tensor) {
        self.faces = faces
        self.mask = mask
        self.eyes = eyes
        self.mouth = mouth
    }
}

extension PersonFaces.Batch {
    /// What the decoder's drawings of these faces are compared with.
    var truth: TrueFaces { TrueFaces(faces: faces, mask: mask, eyes: eyes, mouth: mouth) }
}
