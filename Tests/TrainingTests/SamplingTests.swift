import Faces
import Testing

@testable import Training

@Suite("Sampling of faces")
struct SamplingTests {
    /// 900 faces that look ahead, and 100 that turn or nod ever further.
    private let faces: [FaceMeasures] = (0..<1000).map { face in
        var measures = FaceMeasures(values: [Float](repeating: 0, count: FaceMeasures.count))
        let far = face < 900 ? 0.02 * Float(face % 10) : Float(face - 900) / 20
        measures.values[FaceMeasures.firstPose] = face % 2 == 0 ? far : -far
        measures.values[FaceMeasures.firstPose + 1] = face % 3 == 0 ? far / 2 : 0
        return measures
    }

    private func share(_ weights: [Double], _ holds: (FaceMeasures) -> Bool) -> Double {
        let chosen = zip(weights, faces).filter { holds($0.1) }.reduce(0) { $0 + $1.0 }
        return chosen / weights.reduce(0, +)
    }

    private func yaw(_ face: FaceMeasures) -> Float { face.values[FaceMeasures.firstPose] }

    @Test("yaw: every bin that holds faces has the same share, however many they are")
    func evenYaw() {
        let weights = SampleWeights.weights(faces, sampling: .yaw, balance: 0)
        let (low, high) = (faces.map(yaw).min() ?? 0, faces.map(yaw).max() ?? 0)
        let width = (high - low) / Float(SampleWeights.yawBins)
        var shares: [Double] = []
        for bin in 0..<SampleWeights.yawBins {
            let from = low + Float(bin) * width
            // Faces on a border belong to either side: between borders there are none here.
            let inside = share(weights) { self.yaw($0) >= from - 1e-5 && self.yaw($0) < from + width - 1e-5 }
            if inside > 0 { shares.append(inside) }
        }
        #expect(shares.count == 16)
        #expect(shares.allSatisfy { abs($0 - 1 / Double(shares.count)) < 0.02 })
        // As they occur, nine of ten look ahead.
        #expect(share(weights) { abs(self.yaw($0)) < 0.3 } < 0.2)
        #expect(share(faces.map { _ in 1 }) { abs(self.yaw($0)) < 0.3 } > 0.89)
    }

    @Test("pose: turning and nodding are seen together")
    func evenPose() {
        let weights = SampleWeights.weights(faces, sampling: .pose, balance: 0)
        func nods(_ face: FaceMeasures) -> Bool { face.values[FaceMeasures.firstPose + 1] > 0.35 }
        // A third of the hundred turned faces nod, over more cells than the others take.
        let (both, turned) = (share(weights, nods), share(weights) { abs(self.yaw($0)) > 0.7 })
        #expect(both > 0.5 * turned && both < 0.9 * turned)
        let byYaw = SampleWeights.weights(faces, sampling: .yaw, balance: 0)
        #expect(share(byYaw, nods) < 0.4 * share(byYaw) { abs(self.yaw($0)) > 0.7 })
        #expect(abs(weights.reduce(0, +) / 1000 - 1) < 1e-9)
    }

    @Test("balanced: rare turns come more often, but not as often as all others")
    func balanced() {
        let even = SampleWeights.weights(faces, sampling: .balanced, balance: 0)
        #expect(even.allSatisfy { $0 == 1 })
        let half = SampleWeights.weights(faces, sampling: .balanced, balance: 0.5)
        let turned = share(half) { abs(self.yaw($0)) > 0.3 }
        #expect(turned > 0.15 && turned < 0.5)
    }

    @Test("one face, or faces that are all alike, are drawn evenly", arguments: Sampling.allCases)
    func alike(sampling: Sampling) {
        for count in [1, 30] {
            let same = [FaceMeasures](repeating: faces[0], count: count)
            #expect(
                SampleWeights.weights(same, sampling: sampling, balance: 0.5).allSatisfy {
                    abs($0 - 1) < 1e-9
                })
        }
    }
}
