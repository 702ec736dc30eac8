import Foundation
import Testing

@testable import Faces

@Suite("Similarity transforms")
struct TransformTests {
    let transform = SimilarityTransform(a: 1.2, b: -0.7, tx: 31, ty: -4)
    let points = [Point(0, 0), Point(10, 3), Point(-4, 8), Point(2.5, -7), Point(40, 41)]

    @Test("the inverse restores the points, and chaining applies in order")
    func inverse() {
        let other = SimilarityTransform(a: 0.1, b: 0.4, tx: 2, ty: 9)
        for point in points {
            #expect((transform.inverse(transform(point)) - point).length < 1e-12)
            #expect((transform.then(other)(point) - other(transform(point))).length < 1e-12)
        }
        #expect(abs(SimilarityTransform(a: 0, b: 2, tx: 0, ty: 0).angle - .pi / 2) < 1e-12)
        #expect(abs(transform.inverse.angle + transform.angle) < 1e-12)
    }

    @Test("least squares recovers an exact transform for any weights")
    func exact() throws {
        let moved = points.map { transform($0) }
        for weights in [nil, [1, 2, 3, 4, 5], [0, 0, 1, 0.5, 0]] as [[Double]?] {
            let found = try #require(SimilarityTransform(from: points, to: moved, weights: weights))
            for (a, b) in zip(
                [found.a, found.b, found.tx, found.ty],
                [transform.a, transform.b, transform.tx, transform.ty])
            {
                #expect(abs(a - b) < 1e-9)
            }
        }
    }

    @Test("with noise no nearby transform fits better")
    func optimal() throws {
        let noisy = points.enumerated().map { index, point in
            transform(point) + Point(sin(Double(index) * 7), cos(Double(index) * 5))
        }
        let weights = [1.0, 0.5, 2, 1, 0.25]
        func cost(_ t: SimilarityTransform) -> Double {
            points.indices.reduce(0) {
                let error = (t(points[$1]) - noisy[$1]).length
                return $0 + weights[$1] * error * error
            }
        }
        let best = try #require(SimilarityTransform(from: points, to: noisy, weights: weights))
        for step in [-1e-3, 1e-3] {
            for field in [
                \SimilarityTransform.a, \SimilarityTransform.b, \SimilarityTransform.tx,
                \SimilarityTransform.ty,
            ] {
                var other = best
                other[keyPath: field] += step
                #expect(cost(other) > cost(best))
            }
        }
    }

    @Test("coincident points, or zero weights, have no transform")
    func degenerate() {
        let same = [Point(3, 3), Point(3, 3)]
        #expect(SimilarityTransform(from: same, to: [Point(0, 0), Point(1, 1)]) == nil)
        #expect(SimilarityTransform(from: [Point(1, 1)], to: [Point(1, 1)]) == nil)
        #expect(SimilarityTransform(from: points, to: points, weights: [0, 0, 0, 0, 0]) == nil)
        #expect(SimilarityTransform(from: points, to: points, weights: [0, 0, 1, 0, 0]) == nil)
    }
}
