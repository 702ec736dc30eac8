/// The identity of a track, or of all tracks of a person, from their embeddings.
package struct TrackIdentity: Sendable, Equatable {
    /// Robust mean direction of the embeddings.
    package let mean: Embedding
    /// Sum of the embeddings' weights: about 1 for each frontal face of good size.
    package let weight: Double
    /// Weight of the clearest face's embedding.
    package let best: Double
    /// Cosine of each clear face's embedding to the mean, in order.
    package let likenesses: [Double]

    /// Least weight of a clear face's embedding; these measure the variation of one person's embeddings.
    private static let telling = 0.5

    package init(mean: Embedding, weight: Double, best: Double? = nil, likenesses: [Double] = []) {
        (self.mean, self.weight, self.likenesses) = (mean, weight, likenesses)
        self.best = best ?? min(1, weight)
    }

    /// Weighted mean, computed a second time with weights that fall with the square of the cosine to the first, so that a
    /// hand in front of the face or a blurred frame hardly changes it. `nil` without embeddings.
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

    /// Merges several tracks of one person.
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
    /// Weight of an embedding by the face's pose and size, 0…1.
    ///
    /// Recognisers lose accuracy as a face turns to profile: full weight up to 25°, a fiftieth from 65° on. Small faces
    /// have a lower weight, but frontal ones never a negligible one.
    ///
    /// - Parameter faceWidth: in pixels of the picture; the recogniser's input covers about 64.
    package func identityWeight(faceWidth: Double) -> Double {
        let turn = Double(max(abs(yaw), 1.3 * abs(pitch)))
        let frontal = max(0.02, min(1, (65 - turn) / 40))
        return frontal * max(0.35, min(1, faceWidth / 64))
    }
}
