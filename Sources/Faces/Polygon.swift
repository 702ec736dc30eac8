import Pictures

/// A closed polygon in the plane.
package struct Polygon: Sendable, Equatable {
    package var corners: [Point]

    package init(_ corners: [Point]) {
        self.corners = corners
    }

    /// The smallest convex polygon around the points (Andrew 1979, monotone chain).
    package static func hull(of points: [Point]) -> Polygon {
        let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        guard sorted.count > 2 else { return Polygon(sorted) }
        func chain(_ points: some Sequence<Point>) -> [Point] {
            var chain: [Point] = []
            for point in points {
                while chain.count >= 2 {
                    let (u, v) = (
                        chain[chain.count - 1] - chain[chain.count - 2], point - chain[chain.count - 2]
                    )
                    if u.x * v.y - u.y * v.x > 0 { break }
                    chain.removeLast()
                }
                chain.append(point)
            }
            return Array(chain.dropLast())
        }
        return Polygon(chain(sorted) + chain(sorted.reversed()))
    }

    /// Area; positive for either orientation.
    package var area: Double {
        guard let last = corners.last else { return 0 }
        var (sum, previous) = (0.0, last)
        for corner in corners {
            sum += previous.x * corner.y - previous.y * corner.x
            previous = corner
        }
        return abs(sum) / 2
    }

    /// Coverage of each pixel (0…1): exact horizontally, with `lines` scan lines per row vertically. Self-intersections
    /// follow the even-odd rule.
    package func coverage(width: Int, height: Int, lines: Int = 8) -> Plane {
        var plane = Plane(width: width, height: height)
        guard corners.count >= 3, corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return plane }
        for row in 0..<height {
            for line in 0..<lines {
                let crossings = crossings(at: Double(row) + (Double(line) + 0.5) / Double(lines))
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    plane.add(
                        from: crossings[pair], to: crossings[pair + 1], row: row, amount: 1 / Float(lines))
                }
            }
        }
        return plane
    }

    /// Sorted x of the outline's intersections with the horizontal line at `y`.
    private func crossings(at y: Double) -> [Double] {
        var result: [Double] = []
        guard var previous = corners.last else { return result }
        for corner in corners {
            if (previous.y <= y) != (corner.y <= y) {
                result.append(
                    previous.x + (y - previous.y) / (corner.y - previous.y) * (corner.x - previous.x))
            }
            previous = corner
        }
        return result.sorted()
    }
}

extension Plane {
    /// Adds `amount`, times the coverage, to each pixel of a row that the span from `start` to `end` touches.
    fileprivate mutating func add(from start: Double, to end: Double, row: Int, amount: Float) {
        let (start, end) = (max(0, start), min(Double(width), end))
        guard end > start else { return }
        let (first, last) = (Int(start), min(width - 1, Int(end)))
        for column in first...last {
            let covered = min(end, Double(column + 1)) - max(start, Double(column))
            values[row * width + column] = min(
                1, values[row * width + column] + amount * Float(max(0, covered)))
        }
    }
}
