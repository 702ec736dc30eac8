import Foundation

/// Expressions that a person showed, as the measures of some faces about the neutral one: what that person's decoder knows.
///
/// Each measure may lie within its range and the whole still be unheard of: somebody who never smiled with shut lips has a
/// decoder that draws a smile as an open mouth. So measures of another person are brought to the nearest that was shown, where
/// what is seen first (the lips' gap and the turn) decides what is near.
package struct ShownExpressions: Sendable, Codable, Equatable {
    /// Measures in the order of the model's.
    package private(set) var faces: [[Float]]
    /// How much a distance in each measure counts.
    package private(set) var weights: [Float]

    /// Faces that are kept of a set.
    package static let most = 200
    /// Faces of the set that each kept one is the mean of: the landmarker's noise is no expression.
    private static let averaged = 5
    /// Measures of this weight or more say what is near, and stay as they are.
    private static let deciding: Float = 3
    /// Kept faces that say what goes with what.
    private static let near = 12
    /// Deviations of the near faces within which a measure stays as it is, and the least deviation.
    private static let (width, least): (Float, Float) = (1, 0.15)

    /// Keeps faces that are as unlike each other as can be (`farthestFirst`).
    ///
    /// - Parameters:
    ///   - measures: of all faces, relative to the person.
    ///   - weights: one for each measure.
    package init(_ measures: [[Float]], weights: [Float], most: Int = Self.most) {
        self.weights = weights
        faces = farthestFirst(measures, weights: weights, most: most).map { index in
            Self.mean(of: measures, near: measures[index], weights).map { ($0 * 100).rounded() / 100 }
        }
    }

    /// The nearest to some measures that was shown.
    ///
    /// - Parameters:
    ///   - values: relative to their own person.
    ///   - regions: places of the measures that are drawn together. What is in several of them, the head's turn, has a say in each;
    ///     what of it does not decide is brought near last, by all measures: a decoder that saw a raised chin only while its person
    ///     spoke opens the mouth of every raised chin.
    package func nearest(to values: [Float], in regions: [[Int]]) -> [Float] {
        guard !faces.isEmpty, faces.allSatisfy({ $0.count == values.count }) else { return values }
        func isShared(_ place: Int) -> Bool { regions.count { $0.contains(place) } > 1 }
        let all = Set(regions.joined()).sorted()
        var result = values
        for region in regions { bring(region.filter { !isShared($0) }, of: &result, near: region) }
        bring(all.filter(isShared), of: &result, near: all)
        return result
    }

    /// Brings measures to within what they are in faces that are near by a region.
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
