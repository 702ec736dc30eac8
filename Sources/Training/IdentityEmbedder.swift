import Tensors

/// A differentiable face recognition network. Training depends on this protocol only; the caller provides the
/// implementation.
package protocol IdentityEmbedder {
    /// Computes identity embeddings, through which gradients flow back to the faces.
    ///
    /// Shapes: crops `[N, 3, R, R]` in 0…1, of the crop kind that the embedder was created for → `[N, D]` of
    /// unit length.
    func embeddings(of faces: Tensor) throws -> Tensor
}

extension IdentityEmbedder {
    /// 1 − cosine between the embeddings of reconstructed and true faces, face by face: 0 for the same face,
    /// about 1 for different people.
    func difference(_ drawn: Tensor, _ truth: Tensor) throws -> Tensor {
        let wanted = try withoutGradient { try embeddings(of: truth) }
        return try difference(drawn, towards: wanted)
    }

    /// 1 − cosine between reconstructed faces and given embeddings. Shapes: `[N, 3, R, R]`, `[N, D]` or `[1,
    /// D]` → one value.
    func difference(_ drawn: Tensor, towards wanted: Tensor) throws -> Tensor {
        try 1 - (embeddings(of: drawn.clamped(0...1)) * wanted).sum(1).mean()
    }

    /// Normalised mean embedding of many faces. Shapes: `[N, 3, R, R]` → `[1, D]`.
    func mean(of faces: Tensor) throws -> Tensor {
        try withoutGradient {
            let sum = try embeddings(of: faces).mean(0, keep: true)
            return try sum * (sum.squared().sum(1, keep: true) + 1e-12).reciprocalSquareRoot()
        }
    }
}
