import Faces
import Workspace

/// Selects the best faces for training: even coverage of poses and expressions, preferring sharp faces, without duplicates.
///
/// Near-duplicates are removed first. Then faces are selected greedily by marginal gain: the sum over the face's bins
/// (yaw × pitch, mouth × eyes, both combined, smile, pout, brows, gaze) of weight / (1 + selected faces in the bin)²,
/// multiplied by the face's score. Gains only decrease, so that lazy evaluation with a priority queue gives the same result
/// as full recomputation (Minoux 1978, "Accelerated greedy algorithms"). Deterministic.
package struct CoverageSampler: Sendable {
    /// Indices of the selected faces in the input list.
    package struct Outcome: Sendable, Equatable {
        package var chosen: [Int] = []
        /// Near-duplicates: index of the face → index of the similar chosen or surplus face.
        package var duplicates: [Int: Int] = [:]
        package var surplus: [Int] = []
    }

    private let faces: [FaceSummary]
    private let expressions: [Float]
    private let limits: NearDuplicates.Limits

    /// - Parameter expressions: 52 coefficients per face, in the order of the faces; empty if unknown.
    package init(_ faces: [FaceSummary], expressions: [Float] = []) {
        self.init(faces, expressions: expressions, limits: NearDuplicates.Limits())
    }

    init(_ faces: [FaceSummary], expressions: [Float], limits: NearDuplicates.Limits) {
        precondition(expressions.isEmpty || expressions.count == faces.count * Expression.names.count)
        (self.faces, self.expressions, self.limits) = (faces, expressions, limits)
    }

    /// - Throws: `CancellationError`.
    package func callAsFunction(count: Int) throws -> Outcome {
        let worth = FaceScore.values(of: faces)
        let order = faces.indices.sorted { (worth[$1], faces[$0].id) < (worth[$0], faces[$1].id) }
        var outcome = Outcome()
        var search = NearDuplicates(faces, expressions: expressions, limits: limits)
        var unique: [Int] = []
        for (visited, place) in order.enumerated() {
            if visited % 1024 == 0 { try Task.checkCancellation() }
            if let like = search.visit(place) {
                outcome.duplicates[place] = like
            } else {
                unique.append(place)
            }
        }
        outcome.chosen = take(count, of: unique, worth: worth).sorted()
        let chosen = Set(outcome.chosen)
        outcome.surplus = unique.filter { !chosen.contains($0) }.sorted()
        return outcome
    }

    /// - Parameter unique: indices by descending score.
    private func take(_ count: Int, of unique: [Int], worth: [Double]) -> [Int] {
        guard count < unique.count else { return unique }
        let bins = PoseExpressionBins(faces, expressions: expressions)
        // Gains of faces with the same bins differ only by the score: one queue per group, highest score first.
        let groups = Array(Dictionary(grouping: unique) { bins.bins(of: $0) })
            .sorted { $0.value[0] < $1.value[0] }
        var taken = [Int](repeating: 0, count: bins.count)
        var next = [Int](repeating: 0, count: groups.count)
        func sum(_ group: Int) -> Double {
            let gain = groups[group].key.reduce(0) { sum, bin in
                let times = Double(1 + taken[Int(bin)])
                return sum + bins.weight(of: Int(bin)) / (times * times)
            }
            return gain * worth[groups[group].value[next[group]]]
        }
        var queue = Heap(groups.indices.map { Heap.Entry(value: sum($0), item: $0) })
        var chosen: [Int] = []
        while chosen.count < count, let top = queue.popFirst() {
            let group = top.item
            let fresh = Heap.Entry(value: sum(group), item: group)
            if let rival = queue.first, rival > fresh {
                queue.insert(fresh)
                continue
            }
            chosen.append(groups[group].value[next[group]])
            for bin in groups[group].key { taken[Int(bin)] += 1 }
            next[group] += 1
            if next[group] < groups[group].value.count {
                queue.insert(Heap.Entry(value: sum(group), item: group))
            }
        }
        return chosen
    }
}

/// Quality score of a face independent of its pose and expression, 0…1.
enum FaceScore {
    /// Uses the rank of the sharpness in the set instead of its value, which is not proportional to usefulness. The least
    /// sharp faces keep a score of 0.4, because a blurred profile is better than none. Occluded and clipped areas reduce it.
    static func values(of faces: [FaceSummary]) -> [Double] {
        let sharpness = faces.map { $0.quality?.sharpness ?? 0 }
        var rank: [Double: Double] = [:]
        for (place, value) in sharpness.sorted().enumerated() {
            rank[value] = Double(place + 1) / Double(faces.count)
        }
        return faces.indices.map { face in
            let quality = faces[face].quality
            let seen = (1 - (faces[face].occlusion ?? 0)) * (1 - (quality?.clipped ?? 0))
            return (0.4 + 0.6 * rank[sharpness[face], default: 0]) * max(0.01, seen)
        }
    }
}
