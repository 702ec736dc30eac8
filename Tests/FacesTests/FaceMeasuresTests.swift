import Faces
import Testing

@Suite("Face measures")
struct FaceMeasuresTests {
    private func measures(_ values: Float) -> FaceMeasures {
        FaceMeasures(values: [Float](repeating: values, count: FaceMeasures.count))
    }

    @Test("are steadied without delay, and not across a gap")
    func smoothing() {
        // A ramp stays a ramp: no lag.
        let ramp = (0..<9).map { measures(Float($0)) }
        let steady = FaceMeasures.smoothed(ramp, frames: Array(0..<9))
        for index in 2..<7 { #expect(abs(steady[index].values[0] - Float(index)) < 1e-6) }
        // A jump across a gap stays sharp, one inside a track does not.
        let jump = [0, 0, 0, 1, 1, 1].map { measures($0) }
        let apart = FaceMeasures.smoothed(jump, frames: [0, 1, 2, 30, 31, 32])
        #expect(apart[2].values[0] == 0 && apart[3].values[0] == 1)
        let joined = FaceMeasures.smoothed(jump, frames: Array(0..<6))
        #expect(joined[2].values[0] > 0.2 && joined[3].values[0] < 0.8)
    }

    @Test("each eye's gaze is told apart, and a mirror swaps both")
    func gaze() throws {
        let places = try ["gazeRight", "gazeLeft"].map {
            try #require(FaceMeasures.names.firstIndex(of: $0))
        }
        var crossed = measures(0)
        (crossed.values[places[0]], crossed.values[places[1]]) = (2, -1)
        #expect(crossed.values(named: ["gazeSide", "gazeLeft"]) == [0.5, -1])
        #expect(places.map { crossed.mirrored.values[$0] } == [1, -2])
        #expect(FaceMeasures.regions[places[0]] == .eyes && FaceMeasures.regions[places[1]] == .eyes)
    }

    @Test("are known by the names of today and of earlier versions, and by no others")
    func names() {
        #expect(FaceMeasures.supports(FaceMeasures.names) && FaceMeasures.supports(["gazeSide"]))
        #expect(!FaceMeasures.supports(["mouthOpen", "earWiggle"]))
        #expect(FaceMeasures(values: [1], named: ["mouthOpen"]) == nil)
        let own = measures(3)
        #expect(FaceMeasures(values: own.values, named: FaceMeasures.names) == own)
    }

    @Test("do not change when the face moves, grows or leans in the picture")
    func invariant() {
        let points = (0..<FaceLandmarks.count).map { (index: Int) -> Point in
            let (across, down) = (index * 37 % 101, index * 53 % 97)
            return Point(Double(100 + across), Double(120 + down))
        }
        let depths = (0..<FaceLandmarks.count).map { Float(($0 * 29) % 41) }
        let face = FaceLandmarks(points: points, depths: depths, presence: 1)
        let moved = face.transformed(by: SimilarityTransform(a: 1.6, b: 0.5, tx: -40, ty: 25))
        let first = FaceMeasures(landmarks: face, expression: .neutral)
        let second = FaceMeasures(landmarks: moved, expression: .neutral)
        for (name, pair) in zip(FaceMeasures.names, zip(first.values, second.values)) {
            #expect(abs(pair.0 - pair.1) < 1e-3 * max(1, abs(pair.0)), "\(name)")
        }
    }
}
