import Faces
import Workspace

/// Chooses the faces of a set that serve training best: all poses and expressions as evenly as the set allows, the sharpest
/// faces of each, and nothing twice.
///
/// First near-duplicates go. Then faces are taken one by one, each time the one that adds most: for every bin that it falls
/// into (turn × nod, mouth × eyes, both together, smile, pout, brows, gaze) the bin's weight over (1 + faces already there)²,
/// times what the face is worth. The sum only falls while faces are taken, so that a queue of stale sums finds the same
/// faces as computing all anew (Minoux 1978, "Accelerated greedy algorithms"). Same set, same choice.
package struct CoverageSampler: Sendable {
    /// Places of the faces in the list that was given.
    package struct Outcome: Sendable, Equatable {
        package var chosen: [Int] = []
        /// Near-duplicates: the face, and the chosen or surplus one that looks like it.
        package var duplicates: [Int: Int] = [:]
        package var surplus: [Int] = []
    }

    private let faces: [FaceSummary]
    private let expressions: [Float]
    private let limits: NearDuplicates.Limits

    /// - Parameter expressions: 52 coefficients a face in the faces' order; empty where they are not known.
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

    /// - Parameter unique: places, the worthiest first.
    private func take(_ count: Int, of unique: [Int], worth: [Double]) -> [Int] {
        guard count < unique.count else { return unique }
        let bins = PoseExpressionBins(faces, expressions: expressions)
        // Faces with the same bins add the same but for their worth: a queue for each such group, worthiest first.
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

/// What a face is worth to training beside what it shows, 0…1.
enum FaceScore {
    /// The rank of its sharpness in the set, not the figure: one that is twice as sharp is not worth twice as much. The least
    /// sharp keep two fifths, because a blurred profile is better than none. Covered and clipped parts count as missing.
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
