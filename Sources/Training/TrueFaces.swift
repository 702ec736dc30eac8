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

    /// Some of the faces, by their numbers.
    func some(_ numbers: [Int]) throws -> TrueFaces {
        try each { try $0.rows(numbers) }
    }

    /// The same faces in half their size.
    func halved() throws -> TrueFaces {
        let half = Extent(2)
        return try each { try averagePool2d($0.contiguous(), kernel: half, stride: half) }
    }

    private func each(_ change: (Tensor) throws -> Tensor) throws -> TrueFaces {
        try TrueFaces(faces: change(faces), mask: change(mask), eyes: change(eyes), mouth: change(mouth))
    }
}

extension PersonFaces.Batch {
    /// What the decoder's drawings of these faces are compared with.
    var truth: TrueFaces { TrueFaces(faces: faces, mask: mask, eyes: eyes, mouth: mouth) }
}
