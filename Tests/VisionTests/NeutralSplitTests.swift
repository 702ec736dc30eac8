import Faces
import Media
import Tensors
import Testing
import Vision

/// The same person by two halves of one clip with opposite habits: the anchors must be the same, or the same frame would mean
/// two expressions.
@Suite("Neutral expression of halves of a clip")
struct NeutralSplitTests {
    private func measures(_ name: String) throws -> [FaceMeasures] {
        let analyser = try FaceAnalyser(weights: Weights.folder, device: .cpu)
        let reader = try VideoReader(Shared.clip(name))
        var result: [FaceMeasures] = []
        var number = 0
        while let frame = try reader.next() {
            defer { number += 1 }
            guard number % 3 == 0 else { continue }
            guard let face = try analyser.observe(frame.picture(), embedding: .never).first else { continue }
            result.append(FaceMeasures(landmarks: face.landmarks, expression: face.expression))
        }
        return result
    }

    @Test(
        "is the same where one half speaks, looks aside or smiles and the other does not",
        arguments: ["performers/performer-a.mp4"])
    func halves(_ clip: String) throws {
        let all = try measures(clip)
        #expect(all.count > 100)
        func column(_ name: String, _ faces: [FaceMeasures]) -> [Float] {
            faces.map { $0.values(named: [name])[0] }
        }
        for habit in ["mouthOpen", "gazeRight", "smileLeft"] {
            let sorted = all.sorted { column(habit, [$0])[0] < column(habit, [$1])[0] }
            let halves = [sorted.prefix(all.count / 2), sorted.suffix(all.count / 2)].map { half in
                Array(half) + half.map(\.mirrored)
            }
            let anchors = halves.map { NeutralExpression($0) }
            func mean(_ place: Int, _ half: Int) -> Float {
                halves[half].reduce(0) { $0 + $1.values[place] } / Float(halves[half].count)
            }
            // By how much the same frame moves when it is measured by the other half; the turn is nobody's.
            var (moved, byMeans): ([String: Float], [Float]) = ([:], [])
            for (place, name) in FaceMeasures.names.enumerated() where !FaceMeasures.isTurn(name) {
                moved[name] = abs(
                    (anchors[0].anchors[place] - anchors[1].anchors[place]) * anchors[0].gains[place])
                byMeans.append(abs(mean(place, 0) - mean(place, 1)))
            }
            let absolute = ["mouthOpen", "jawOpen", "gazeRight", "gazeLeft", "smileLeft", "pucker", "funnel"]
            #expect(absolute.allSatisfy { moved[$0] == 0 }, "\(habit)")
            #expect(
                ["lipsOuter", "rightEye", "leftEye"].allSatisfy { (moved[$0] ?? 1) < 0.25 },
                "\(habit): \(moved)")
            let (now, before) = (
                moved.values.reduce(0, +) / Float(moved.count), byMeans.reduce(0, +) / Float(byMeans.count)
            )
            #expect(now < 0.12 && now < before / 2, "\(habit): \(now), by means \(before)")
        }
    }
}
