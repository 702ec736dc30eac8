import Faces
import Foundation
import Testing
import Workspace

@testable import Curation

@Suite("Choice of the best")
struct CoverageSamplerTests {
    /// A set without near-duplicates: turns by 5°, mouths by 0.05, hashes of their own; many look ahead, few aside.
    private static let varied: [FaceSummary] = {
        var faces: [FaceSummary] = []
        for yaw in stride(from: Float(-60), through: 60, by: 5) {
            for step in 0..<(yaw == 0 ? 40 : 4) {
                let id = Int64(faces.count + 1)
                faces.append(
                    summary(
                        id, yaw: yaw, pitch: Float(step / 4), mouth: 0.05 * Double(step % 4),
                        sharpness: Double(1 + (id * 37) % 101), hash: hash(Int(id))))
            }
        }
        return faces
    }()

    /// The same faces as another encoding shows them: each figure a little different, less sharp.
    private static let again: [FaceSummary] = varied.enumerated().map { index, face in
        var copy = face
        copy.id += 1000
        copy.pose.yaw += index % 2 == 0 ? 0.8 : -0.8
        copy.mouth += 0.008
        if let quality = face.quality {
            copy.quality?.sharpness = quality.sharpness * 0.8
            copy.quality?.hash[index % 32] ^= 0b0101_0101
        }
        return copy
    }

    @Test("a doubled set loses exactly its doubles")
    func doubled() throws {
        let faces = Self.varied + Self.again
        let outcome = try CoverageSampler(faces)(count: 10_000)
        #expect(outcome.chosen == Array(Self.varied.indices), "the sharper one of each pair stays")
        #expect(outcome.duplicates.count == Self.again.count && outcome.surplus.isEmpty)
        for (double, original) in outcome.duplicates {
            #expect(faces[double].id == faces[original].id + 1000)
        }
    }

    @Test("likeness takes hash, pose and expression together")
    func together() throws {
        let one = summary(1, yaw: 10, mouth: 0.1, hash: hash(1))
        var turned = one
        turned.pose.yaw = 14
        var talking = one
        talking.mouth = 0.15
        var blinking = one
        (blinking.leftEye, blinking.rightEye) = (0.1, 0.1)
        for (id, other) in [turned, talking, blinking, summary(5, yaw: 10, mouth: 0.1, hash: hash(5))]
            .enumerated()
        {
            var other = other
            other.id = Int64(id) + 2
            #expect(try CoverageSampler([one, other])(count: 9).duplicates.isEmpty)
        }
        var twin = one
        twin.id = 2
        #expect(try CoverageSampler([one, twin])(count: 9).duplicates == [1: 0])
        // The same landmarks, but one smiles.
        var smile = [Float](repeating: 0, count: 104)
        smile[52 + 44] = 0.6
        #expect(try CoverageSampler([one, twin], expressions: smile)(count: 9).duplicates.isEmpty)
        // Without a hash nobody knows.
        var bare = twin
        bare.quality = nil
        #expect(try CoverageSampler([one, bare])(count: 9).duplicates.isEmpty)
    }

    @Test("a fifth of the set keeps its range and takes the sharpest")
    func covers() throws {
        let faces = Self.varied
        let outcome = try CoverageSampler(faces)(count: faces.count / 5)
        #expect(outcome.chosen.count == faces.count / 5)
        #expect(Set(outcome.chosen).union(outcome.surplus) == Set(faces.indices))
        let (all, some) = (Coverage(faces), Coverage(outcome.chosen.map { faces[$0] }))
        #expect(some.pose.occupied == all.pose.occupied)
        #expect(some.expression.occupied == all.expression.occupied)
        // 29 % of the faces look straight ahead; of the chosen only their even share does.
        let ahead = outcome.chosen.count { abs(faces[$0].pose.yaw) < 5 }
        #expect(ahead <= outcome.chosen.count / 6)
        func sharpness(_ places: [Int]) -> Double {
            places.reduce(0) { $0 + (faces[$1].quality?.sharpness ?? 0) } / Double(places.count)
        }
        #expect(sharpness(outcome.chosen) > sharpness(outcome.surplus) + 10)
    }

    @Test("the order of the faces does not matter; one face and none are sets too")
    func deterministic() throws {
        let faces = Self.varied + Self.again
        let ids = try CoverageSampler(faces)(count: 40).chosen.map { faces[$0].id }
        let backwards = Array(faces.reversed())
        let others = try CoverageSampler(backwards)(count: 40).chosen.map { backwards[$0].id }
        #expect(ids.count == 40 && Set(ids) == Set(others))
        #expect(try CoverageSampler([])(count: 3) == .init())
        #expect(try CoverageSampler([summary(1)])(count: 3).chosen == [0])
    }

    @Test("covered and clipped faces are worth less")
    func worth() {
        let values = FaceScore.values(of: [
            summary(1, sharpness: 10), summary(2, sharpness: 20), summary(3, sharpness: 30, occlusion: 0.9),
        ])
        #expect(values[0] < values[1] && values[2] < values[0])
    }

    @Test("the heap gives its entries from the largest down, equal ones from the lowest item up")
    func heap() {
        var heap = Heap([])
        for (item, value) in [3.0, 9, 1, 9, 4, 4, 0, 7].enumerated() {
            heap.insert(Heap.Entry(value: value, item: item))
        }
        var order: [Int] = []
        while let entry = heap.popFirst() { order.append(entry.item) }
        #expect(order == [1, 3, 7, 4, 5, 0, 2, 6])
    }

    @Test("on a workspace: the rest is surplus, and another choice is made among all again")
    func workspace() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.furnished(scratch.url)
        let curation = try SetCuration(workspace, set: "anna")
        let (marks, report) = try curation.best(count: 2)
        try curation.mark(marks)
        #expect(report.candidates == 6 && report.chosen == 2 && report.surplus == 4)
        #expect(try curation.faces().count { $0.rejection == .surplus } == 4)
        #expect(try curation.best(count: 2).marks.isEmpty, "the same again changes nothing")
        let (wider, _) = try curation.best(count: 5)
        try curation.mark(wider)
        #expect(wider.count == 3 && wider.allSatisfy { $0.rejection == nil })
        #expect(try curation.faces().count { $0.rejection == nil } == 5)
    }
}
