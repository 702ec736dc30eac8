import Foundation

/// Examples of a person's expressions, as measures relative to the neutral face: the training range of that
/// person's decoder.
///
/// Each measure may be within its range while the combination does not occur in training: the decoder of a
/// person who never smiled with closed lips renders a smile as an open mouth. Measures of another person are
/// therefore projected to the nearest examples, with distances dominated by the most visible measures (lip
/// gap and head pose).
package struct ShownExpressions: Sendable, Codable, Equatable {
    /// Measures in the order of the model's.
    package private(set) var faces: [[Float]]
    /// Weight of each measure in the distance.
    package private(set) var weights: [Float]

    /// Number of stored examples per set.
    package static let most = 200
    /// Number of faces averaged per example, to reduce the landmarker's noise.
    private static let averaged = 5
    /// Measures with this weight or more determine the distance and are not changed.
    private static let deciding: Float = 3
    /// Number of nearest examples for the local statistics.
    private static let near = 12
    /// Standard deviations of the nearest examples within which a measure is unchanged, and the minimum
    /// standard deviation.
    private static let (width, least): (Float, Float) = (1, 0.15)

    /// Selects examples by farthest-first traversal (`farthestFirst`).
    ///
    /// - Parameters:
    ///   - measures: measures of all faces, relative to the person.
    ///   - weights: one per measure.
    package init(_ measures: [[Float]], weights: [Float], most: Int = Self.most) {
        self.weights = weights
        faces = farthestFirst(measures, weights: weights, most: most).map { index in
            Self.mean(of: measures, near: measures[index], weights).map { ($0 * 100).rounded() / 100 }
        }
    }

    /// Projects measures to the range of the nearest examples.
    ///
    /// - Parameters:
    ///   - values: measures relative to their own person.
    ///   - regions: indices of the measures that are used together. Measures in several regions, such as head
    ///     pose, enter each of them; those that do not determine the distance are projected last, using all
    ///     measures: a decoder that saw a raised chin only during speech opens the mouth of every raised
    ///     chin.
    package func nearest(to values: [Float], in regions: [[Int]]) -> [Float] {
        guard !faces.isEmpty, faces.allSatisfy({ $0.count == values.count }) else { return values }
        func isShared(_ place: Int) -> Bool { regions.count { $0.contains(place) } > 1 }
        let all = Set(regions.joined()).sorted()
        var result = values
        for region in regions { bring(region.filter { !isShared($0) }, of: &result, near: region) }
        bring(all.filter(isShared), of: &result, near: all)
        return result
    }

    /// Clamps a region's measures to the range of its nearest examples.
    private func bring(_ places: [Int], of values: inout [Float], near region: [Int]) {
        let places = places.filter { weights[$0] < Self.deciding }
        guard !places.isEmpty else { return }
        let distances = faces.map { face in
            region.reduce(Float(0)) { sum, place in
                let distance = weights[place] * (values[place] - face[place])
                return sum + distance * distance
            }
        }
        let sorted = distances.sorted()
        let reach = max(0.05, sorted[min(Self.near, sorted.count - 1)] - sorted[0])
        let shares = distances.map { exp(-($0 - sorted[0]) / reach) }
        let total = shares.reduce(0, +)
        for place in places {
            var (mean, square) = (Float(0), Float(0))
            for (face, share) in zip(faces, shares) {
                mean += share * face[place] / total
                square += share * face[place] * face[place] / total
            }
            let room = Self.width * max(Self.least, max(0, square - mean * mean).squareRoot())
            values[place] = min(mean + room, max(mean - room, values[place]))
        }
    }

    private static func mean(of measures: [[Float]], near face: [Float], _ weights: [Float]) -> [Float] {
        let nearest = measures.map { (squaredDistance($0, face, weights), $0) }.sorted { $0.0 < $1.0 }
            .prefix(averaged).map(\.1)
        return face.indices.map { place in
            nearest.reduce(0) { $0 + $1[place] } / Float(nearest.count)
        }
    }
}
