/// What the embeddings of one track, or of all tracks of a person, say together about whose face it is.
package struct TrackIdentity: Sendable, Equatable {
    /// The direction that most of the embeddings point to.
    package let mean: Embedding
    /// Sum of the embeddings' weights: about 1 for each that shows a frontal face of good size.
    package let weight: Double
    /// Weight of the embedding that shows the face best.
    package let best: Double
    /// Cosine to the mean of each embedding that shows the face well, in their order.
    package let likenesses: [Double]

    /// Embeddings of at least this weight tell how much one person's vary.
    private static let telling = 0.5

    package init(mean: Embedding, weight: Double, best: Double? = nil, likenesses: [Double] = []) {
        (self.mean, self.weight, self.likenesses) = (mean, weight, likenesses)
        self.best = best ?? min(1, weight)
    }

    /// Weighted mean, taken a second time with weights that fall with the square of the cosine to the first: a hand before
    /// the face or a blurred frame hardly turns it. Nil without embeddings.
    package init?(_ faces: [(embedding: Embedding, weight: Double)]) {
        guard let first = Self.mean(of: faces) else { return nil }
        let mean = Self.mean(
            of: faces.map { face in
                let cosine = max(0.05, Double(face.embedding.cosine(first)))
                return (face.embedding, face.weight * cosine * cosine)
            })
        self.init(
            mean: mean ?? first, weight: faces.reduce(0) { $0 + $1.weight },
            best: faces.map(\.weight).max(),
            likenesses: faces.filter { $0.weight >= Self.telling }
                .map { Double($0.embedding.cosine(mean ?? first)) })
    }

    /// Several together, as one person's.
    package static func joined(_ parts: [TrackIdentity]) -> TrackIdentity? {
        guard let mean = mean(of: parts.map { ($0.mean, $0.weight) }) else { return nil }
        return TrackIdentity(
            mean: mean, weight: parts.reduce(0) { $0 + $1.weight }, best: parts.map(\.best).max(),
            likenesses: parts.flatMap(\.likenesses))
    }

    private static func mean(of faces: [(embedding: Embedding, weight: Double)]) -> Embedding? {
        guard let first = faces.first else { return nil }
        var sum = [Float](repeating: 0, count: first.embedding.values.count)
        for (embedding, weight) in faces {
            for index in 0..<min(sum.count, embedding.values.count) {
                sum[index] += embedding.values[index] * Float(weight)
            }
        }
        return Embedding(values: sum)
    }
}

extension HeadPose {
    /// How much an embedding of a face turned like this says about whose it is, 0…1.
    ///
    /// Recognisers lose a face on its way to the profile: all of the weight up to 25°, a fiftieth from 65° on. Small faces
    /// say less, but when frontal never so little that they say nothing.
    ///
    /// - Parameter faceWidth: in pixels of the picture; the recogniser sees about 64 of them.
    package func identityWeight(faceWidth: Double) -> Double {
        let turn = Double(max(abs(yaw), 1.3 * abs(pitch)))
        let frontal = max(0.02, min(1, (65 - turn) / 40))
        return frontal * max(0.35, min(1, faceWidth / 64))
    }
}
