import Foundation
import Testing

@testable import Faces

@Suite("Smoothing along a track")
struct SmoothingTests {
    let filter = ZeroPhaseFilter(deviation: 2)

    func transform(x: Double, y: Double = 100, width: Double = 80, angle: Double = 0) -> SimilarityTransform {
        let (a, b) = (width * cos(angle), width * sin(angle))
        return SimilarityTransform(a: a, b: b, tx: x - 0.5 * (a - b), ty: y - 0.5 * (a + b)).inverse
    }

    func centres(_ transforms: [SimilarityTransform]) -> [Point] {
        transforms.map { FaceAlignment(toUnit: $0).centre }
    }

    @Test("a steady movement is preserved exactly, at the ends too, even with missing frames")
    func ramp() {
        let frames = [0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14]
        let track = frames.map {
            transform(
                x: 100 + 3 * Double($0), width: 80 * exp(0.01 * Double($0)), angle: 0.05 * Double($0))
        }
        for (before, after) in zip(track, filter.smoothed(track, frames: frames)) {
            #expect(abs(before.a - after.a) < 1e-12)
            #expect(abs(before.b - after.b) < 1e-12)
            #expect(abs(before.tx - after.tx) < 1e-9)
            #expect(abs(before.ty - after.ty) < 1e-9)
        }
    }

    @Test("noise on a still face is reduced by far more than 60 % (second differences)")
    func jitter() {
        let frames = Array(0..<200)
        var random = SystemLikeNoise()
        let track = frames.map { _ in transform(x: 100 + random.next(), y: 100 + random.next()) }
        func jitter(_ track: [SimilarityTransform]) -> Double {
            let x = centres(track).map(\.x)
            let differences = (1..<x.count - 1).map { (index: Int) -> Double in
                x[index - 1] - 2 * x[index] + x[index + 1]
            }
            return differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        #expect(jitter(filter.smoothed(track, frames: frames)) < 0.1 * jitter(track))
    }

    @Test("a swinging face has no lag: no shift fits better than none")
    func lag() {
        let frames = Array(0..<120)
        let swing = frames.map { 100 + 20 * sin(Double($0) * 2 * .pi / 40) }
        let after = centres(filter.smoothed(swing.map { transform(x: $0) }, frames: frames)).map(\.x)
        func error(shift: Int) -> Double {
            (10..<110).reduce(0) { $0 + pow(after[$1 + shift] - swing[$1], 2) }
        }
        for shift in [-2, -1, 1, 2] { #expect(error(shift: 0) < error(shift: shift)) }
        #expect(abs(error(shift: 1) - error(shift: -1)) < 0.02 * error(shift: 1))
    }

    @Test("smoothing does not cross a gap")
    func gap() {
        let frames = Array(0..<10) + Array(20..<30)
        let track = frames.map { transform(x: $0 < 15 ? 100 : 500) }
        for (before, after) in zip(centres(track), centres(filter.smoothed(track, frames: frames))) {
            #expect(abs(before.x - after.x) < 1e-9)
        }
        // The same jump without a gap is smeared.
        let joined = centres(filter.smoothed(track, frames: Array(0..<20)))
        #expect(abs(joined[9].x - 100) > 10)
    }

    @Test("a rotation through 180° is unwrapped")
    func unwrapped() {
        let frames = Array(0..<20)
        let track = frames.map { transform(x: 100, angle: 3.0 + 0.03 * Double($0)) }
        for (before, after) in zip(track, filter.smoothed(track, frames: frames)) {
            #expect(abs(before.a - after.a) < 1e-12)
            #expect(abs(before.b - after.b) < 1e-12)
        }
    }

    @Test("a stream with a window gives the same as the whole track")
    func window() {
        let frames = Array(0..<60)
        var random = SystemLikeNoise()
        let track = frames.map { transform(x: 100 + Double($0) + random.next(), angle: 0.1 * random.next()) }
        let whole = filter.smoothed(track, frames: frames)
        for index in [0, 3, 30, 59] {
            let window = max(0, index - filter.radius)...min(59, index + filter.radius)
            let one = filter.smoothed(
                Array(track[window]), frames: Array(frames[window]), at: index - window.lowerBound)
            #expect(abs(one.tx - whole[index].tx) < 1e-9)
            #expect(abs(one.a - whole[index].a) < 1e-12)
        }
    }

    @Test("one frame, no frame or no window give unchanged values")
    func trivial() {
        #expect(filter.smoothed([SimilarityTransform](), frames: []).isEmpty)
        let one = transform(x: 5)
        #expect(abs(filter.smoothed([one], frames: [7])[0].tx - one.tx) < 1e-9)
        #expect(ZeroPhaseFilter(deviation: 0).smoothed([1, 5, 2], frames: [0, 1, 2]) == [1, 5, 2])
    }
}

/// Repeatable noise, −1…1.
struct SystemLikeNoise {
    private var state: UInt64 = 42

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 33) / Double(1 << 30) - 1
    }
}
