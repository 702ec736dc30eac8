import Tensors

/// Ground truth of reconstructed faces. Values are in 0…1.
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

    /// Faces by index.
    func some(_ numbers: [Int]) throws -> TrueFaces {
        try each { try $0.rows(numbers) }
    }

    /// The faces at half resolution.
    func halved() throws -> TrueFaces {
        let half = Extent(2)
        return try each { try averagePool2d($0.contiguous(), kernel: half, stride: half) }
    }

    private func each(_ change: (Tensor) throws -> Tensor) throws -> TrueFaces {
        try TrueFaces(faces: change(faces), mask: change(mask), eyes: change(eyes), mouth: change(mouth))
    }
}

extension PersonFaces.Batch {
    /// The ground truth in the decoder's format.
    var truth: TrueFaces { TrueFaces(faces: faces, mask: mask, eyes: eyes, mouth: mouth) }
}
