/// Agglomerative clustering of directions: joins the two most similar clusters until no pair may be joined; average linkage
/// (UPGMA, Sokal and Michener 1958) over cosines, with weighted directions.
///
/// The mean cosine between two clusters is the product of their weighted sums, so no matrix is stored: memory is linear,
/// time quadratic in the number of directions.
struct Agglomeration {
    struct Merge: Equatable {
        /// Index of the cluster that remains, and of the one that is merged into it.
        let kept: Int
        let joined: Int
        /// Mean cosine between their members, weighted.
        let height: Double
    }

    private let width: Int
    private var sums: [Float]
    private var weights: [Float]
    /// Pairs of clusters that must not be joined.
    private var apart: [Set<Int>]
    private var alive: [Int]
    /// The most similar permitted cluster of each cluster; −1 for none.
    private var nearest: [Int]
    private var likeness: [Float]

    init(_ directions: [Embedding], weights: [Double], apart: [Set<Int>]) {
        width = directions.map(\.values.count).max() ?? 0
        sums = []
        sums.reserveCapacity(width * directions.count)
        for (direction, weight) in zip(directions, weights) {
            sums += (0..<width).map {
                $0 < direction.values.count ? direction.values[$0] * Float(weight) : 0
            }
        }
        self.weights = weights.map { Float(max(1e-6, $0)) }
        self.apart = apart
        alive = Array(directions.indices)
        nearest = [Int](repeating: -1, count: directions.count)
        likeness = [Float](repeating: -2, count: directions.count)
    }

    /// All merges in the order of falling similarity.
    mutating func merges() -> [Merge] {
        for cluster in alive { lookAround(cluster) }
        var merges: [Merge] = []
        while let best = alive.max(by: { likeness[$0] < likeness[$1] }), nearest[best] >= 0 {
            let (kept, joined) = (min(best, nearest[best]), max(best, nearest[best]))
            merges.append(Merge(kept: kept, joined: joined, height: Double(likeness[best])))
            join(kept, joined)
        }
        return merges
    }

    private mutating func join(_ kept: Int, _ joined: Int) {
        for index in 0..<width { sums[kept * width + index] += sums[joined * width + index] }
        weights[kept] += weights[joined]
        alive.removeAll { $0 == joined }
        for other in apart[joined] {
            apart[other].remove(joined)
            apart[other].insert(kept)
        }
        apart[kept].formUnion(apart[joined])
        lookAround(kept)
        // A union is never more similar to a third cluster than its nearer part was, so only clusters that pointed at a
        // part are searched again.
        for cluster in alive where nearest[cluster] == kept || nearest[cluster] == joined {
            if cluster != kept { lookAround(cluster) }
        }
    }

    private mutating func lookAround(_ cluster: Int) {
        var (best, highest) = (-1, Float(-2))
        sums.withUnsafeBufferPointer { sums in
            for other in alive where other != cluster && !apart[cluster].contains(other) {
                var product = Float(0)
                let (a, b) = (cluster * width, other * width)
                for index in 0..<width { product += sums[a + index] * sums[b + index] }
                let cosine = product / (weights[cluster] * weights[other])
                if cosine > highest { (best, highest) = (other, cosine) }
            }
        }
        (nearest[cluster], likeness[cluster]) = (best, highest)
    }
}
