/// A point in continuous picture pixels (origin at the corner of the top-left pixel) or in a unit square, as documented
/// where it is used.
package struct Point: Sendable, Codable, Hashable {
    package var x: Double
    package var y: Double

    package init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    package static func + (a: Point, b: Point) -> Point { Point(a.x + b.x, a.y + b.y) }
    package static func - (a: Point, b: Point) -> Point { Point(a.x - b.x, a.y - b.y) }
    package static func * (a: Point, scale: Double) -> Point { Point(a.x * scale, a.y * scale) }

    /// Distance from the origin, in the point's own unit.
    package var length: Double { (x * x + y * y).squareRoot() }
}

/// An upright rectangle, in the unit of its points.
package struct Box: Sendable, Codable, Hashable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    package var centre: Point { Point(x + width / 2, y + height / 2) }
    package var area: Double { max(0, width) * max(0, height) }

    /// The smallest box around the points; `nil` if there are none.
    package init?(around points: some Sequence<Point>) {
        var low: Point?
        var high = Point(0, 0)
        for point in points {
            guard let corner = low else {
                (low, high) = (point, point)
                continue
            }
            low = Point(min(corner.x, point.x), min(corner.y, point.y))
            high = Point(max(high.x, point.x), max(high.y, point.y))
        }
        guard let low else { return nil }
        self.init(x: low.x, y: low.y, width: high.x - low.x, height: high.y - low.y)
    }

    /// Intersection over union (0…1).
    package func overlap(_ other: Box) -> Double {
        let shared =
            max(0, min(x + width, other.x + other.width) - max(x, other.x))
            * max(0, min(y + height, other.y + other.height) - max(y, other.y))
        let either = area + other.area - shared
        return either > 0 ? shared / either : 0
    }
}
