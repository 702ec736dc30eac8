/// Farthest-first traversal: selects points, each the farthest from all selected before, starting with the
/// first point (Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985).
///
/// - Parameters:
///   - points: all of the same length.
///   - weights: factor on the distance along each axis.
/// - Returns: indices, at most `most`; fewer if points repeat.
package func farthestFirst(_ points: [[Float]], weights: [Float], most: Int) -> [Int] {
    var kept: [Int] = []
    var distances = points.map { _ in Float.infinity }
    var next = points.indices.first
    while let index = next, kept.count < most {
        kept.append(index)
        var (farthest, length) = (Int?.none, Float(1e-6))
        for other in points.indices {
            distances[other] = min(
                distances[other], squaredDistance(points[other], points[index], weights))
            if distances[other] > length { (farthest, length) = (other, distances[other]) }
        }
        next = farthest
    }
    return kept
}

/// - Precondition: three lists of one length.
package func squaredDistance(_ a: [Float], _ b: [Float], _ weights: [Float]) -> Float {
    precondition(a.count == b.count && a.count == weights.count, "points and weights of one length")
    var sum: Float = 0
    for place in a.indices {
        let distance = weights[place] * (a[place] - b[place])
        sum += distance * distance
    }
    return sum
}
