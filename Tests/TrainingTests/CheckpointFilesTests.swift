import Architectures
import Foundation
import Safetensors
import Tensors
import Testing

@testable import Training

/// Which checkpoints lie on the disk, whatever happens.
@Suite("Checkpoint files", .serialized)
struct CheckpointFilesTests {
    init() throws { try Engine.setThreads(1) }

    /// A trainer whose checkpoints are taken by hand.
    private func trainer(in folder: URL, _ keeping: CheckpointKeeping) throws -> Trainer {
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var options = DrawnFaces.options(iterations: 1)
        options.keeping = keeping
        return try Trainer(
            sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
            preview: { _ in })
    }

    private func checkpoint(_ trainer: Trainer, at iterations: Int) throws {
        (trainer.card.iterations, trainer.card.seconds) = (iterations, Double(iterations))
        try trainer.checkpoint()
    }

    private func iterations(_ urls: [URL]) throws -> [Int] {
        try urls.map { try ModelFile($0).card.iterations }
    }

    @Test("the last ones and the newest snapshots stay, each once its time has come")
    func keeping() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let trainer = try trainer(in: folder, .init(last: 3, snapshotEvery: 20, snapshots: 2))
        for iterations in stride(from: 5, through: 85, by: 5) { try checkpoint(trainer, at: iterations) }
        #expect(try iterations(trainer.files.all) == [85, 80, 75, 80, 60])
        #expect(try trainer.files.newest(before: 74)?.card.iterations == 60)
        try checkpoint(trainer, at: 90)
        #expect(try iterations(trainer.files.all).prefix(3) == [90, 85, 80])
    }

    @Test("a snapshot is gone on with where the last checkpoints are damaged")
    func damaged() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let trainer = try trainer(in: folder, .init(last: 2, snapshotEvery: 10, snapshots: 1))
        for iterations in [10, 15, 18] { try checkpoint(trainer, at: iterations) }
        for url in [trainer.files.current, trainer.files.previous(1)] {
            try Data(repeating: 7, count: 1000).write(to: url)
        }
        let found = try #require(try trainer.files.newest())
        #expect(found.card.iterations == 10 && found.passedOver.count == 2)
        #expect(found.notice?.contains("of iteration 10") == true)
    }

    @Test("a damaged checkpoint pushes no whole one out, neither at the next save nor for want of room")
    func damagedAside() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let trainer = try trainer(in: folder, .init(last: 2, snapshotEvery: 1e9, snapshots: 0))
        for iterations in [10, 15] { try checkpoint(trainer, at: iterations) }
        let damage = Data(repeating: 7, count: 1000)
        try damage.write(to: trainer.files.current)
        #expect(try trainer.files.newest()?.passedOver.count == 1)
        try checkpoint(trainer, at: 16)
        #expect(try iterations(trainer.files.all) == [16, 10])
        #expect(try Data(contentsOf: trainer.files.damaged) == damage)
        #expect(try trainer.files.newest()?.notice == nil)
    }

    @Test("checkpoints of an earlier Dimorph, which knows two, are found")
    func earlier() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let trainer = try trainer(in: folder, .init())
        for iterations in [1, 2] { try checkpoint(trainer, at: iterations) }
        #expect(trainer.files.previous(1).lastPathComponent == "checkpoint.previous.safetensors")
        try FileManager.default.removeItem(at: trainer.files.current)
        #expect(try trainer.files.newest()?.card.iterations == 1)
    }
}
