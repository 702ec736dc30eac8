/// A face's identity as a unit vector of the recogniser's embedding space. Biometric data: it must stay in the workspace.
package struct Embedding: Sendable, Codable, Equatable {
    /// 128 values of unit length.
    package let values: [Float]

    /// Normalises the values to unit length. All zeros stay zeros, and values of unit length within rounding stay
    /// bit-exact, so that repeated storing and reading changes nothing.
    package init(values: [Float]) {
        let square = values.reduce(0) { $0 + $1 * $1 }
        if abs(square - 1) < 1e-5 {
            self.values = values
            return
        }
        let length = square.squareRoot()
        self.values = length > 0 && length.isFinite ? values.map { $0 / length } : values.map { _ in 0 }
    }

    /// Cosine similarity, −1…1. The median for the same person is about 0.86; 0.1 % of pairs of different people exceed
    /// 0.41.
    package func cosine(_ other: Embedding) -> Float {
        zip(values, other.values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Normalised mean of several embeddings; `nil` if there are none.
    package static func mean(of embeddings: some Sequence<Embedding>) -> Embedding? {
        var sum: [Float] = []
        for embedding in embeddings {
            if sum.isEmpty { sum = [Float](repeating: 0, count: embedding.values.count) }
            for index in 0..<min(sum.count, embedding.values.count) { sum[index] += embedding.values[index] }
        }
        return sum.isEmpty ? nil : Embedding(values: sum)
    }
}
