import Tensors

/// Sees whose face it is. Training knows no recogniser; whoever composes the program gives it one.
package protocol IdentityEmbedder {
    /// Directions in the recogniser's space, through which gradients flow back to the faces.
    ///
    /// Shapes: crops `[N, 3, R, R]` in 0…1, of the kind that the judge was made for → `[N, D]` of unit length.
    func embeddings(of faces: Tensor) throws -> Tensor
}

extension IdentityEmbedder {
    /// 1 − cosine between drawn faces and true ones, face by face: 0 for the same look, about 1 for strangers.
    func difference(_ drawn: Tensor, _ truth: Tensor) throws -> Tensor {
        let wanted = try withoutGradient { try embeddings(of: truth) }
        return try difference(drawn, towards: wanted)
    }

    /// 1 − cosine between drawn faces and given directions. Shapes: `[N, 3, R, R]`, `[N, D]` or `[1, D]` → one value.
    func difference(_ drawn: Tensor, towards wanted: Tensor) throws -> Tensor {
        try 1 - (embeddings(of: drawn.clamped(0...1)) * wanted).sum(1).mean()
    }

    /// The direction between the embeddings of many faces. Shapes: `[N, 3, R, R]` → `[1, D]`.
    func mean(of faces: Tensor) throws -> Tensor {
        try withoutGradient {
            let sum = try embeddings(of: faces).mean(0, keep: true)
            return try sum * (sum.squared().sum(1, keep: true) + 1e-12).reciprocalSquareRoot()
        }
    }
}
