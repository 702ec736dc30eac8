import Faces
import Foundation
import Pictures

/// Motion blur of a face along its path through the frame, as from an open shutter.
package struct MotionBlur {
    /// The path in crop pixels.
    private let path: Point

    /// Shorter paths are ignored.
    private static let shortest = 0.7
    private static let mostSamples = 24

    /// - Parameters:
    ///   - path: motion of the face while the shutter is open, in frame pixels.
    ///   - transform: frame pixels → crop pixels.
    package init(_ path: Point, transform: SimilarityTransform) {
        self.path = transform(path) - transform(Point(0, 0))
    }

    private var offsets: [Point] {
        guard path.length >= Self.shortest else { return [] }
        let count = min(Self.mostSamples, Int(path.length.rounded(.up)) + 1)
        return (0..<count).map { path * (Double($0) / Double(count - 1) - 0.5) }
    }

    package func applied(to picture: Picture) -> Picture {
        let offsets = offsets
        guard !offsets.isEmpty else { return picture }
        var sums = [Float](repeating: 0, count: picture.pixels.count)
        for offset in offsets {
            let moved = picture.sampled(
                width: picture.width, height: picture.height, transform: .translation(offset.x, offset.y))
            for index in sums.indices { sums[index] += Float(moved.pixels[index]) }
        }
        let count = Float(offsets.count)
        return Picture(
            width: picture.width, height: picture.height, pixels: sums.map { UInt8(rounding: $0 / count) })
    }

    package func applied(to mask: Plane) -> Plane {
        let offsets = offsets
        guard !offsets.isEmpty else { return mask }
        var result = Plane(width: mask.width, height: mask.height)
        for offset in offsets {
            let moved = mask.sampled(
                width: mask.width, height: mask.height, transform: .translation(offset.x, offset.y),
                outside: 0)
            for index in result.values.indices {
                result.values[index] += moved.values[index] / Float(offsets.count)
            }
        }
        return result
    }
}
