import Architectures
import Foundation
import Safetensors
import Tensors
import Testing
import Training
import Workspace

/// A training of 200 iterations gives the model that an earlier version's gave (`Tests/Fixtures`).
@Suite("Same results", .serialized)
struct SameResultsTests {
    private static let workspace = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/Workspace")
    private static let isRecording = ProcessInfo.processInfo.environment["DIMORPH_RECORD"] != nil

    /// A hybrid network of 48 pixels, narrow enough for 200 iterations in seconds.
    private static var options: Trainer.Options {
        var settings = HybridSettings.small
        (settings.resolution, settings.encoderResolution) = (48, 32)
        (settings.encoderChannels, settings.encoderBlocks, settings.learnedCode) = (16, 1, 8)
        (settings.style, settings.startChannels, settings.channels, settings.headChannels) = (24, 8, 24, 3)
        settings.ownBlocks = 1
        var options = Trainer.Options(stop: StopRule(iterations: 200))
        options.network = .hybrid(settings)
        (options.previewEvery, options.checkpointEvery) = (1e9, 1e9)
        return options
    }

    private func arrays(_ model: URL) throws -> [String: [Float]] {
        let file = try SafetensorsFile(mapping: model.appending(path: "model.safetensors"))
        return Dictionary(
            uniqueKeysWithValues: try file.names.map { ($0, try file.values($0, as: Float.self)) })
    }

    @Test("of 200 iterations on one thread")
    func training() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dimorph-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "c"].map {
            try PackedSet(mapping: Self.workspace.appending(path: "sets/\($0).faces.safetensors"))
        }
        let model = folder.appending(path: "model")
        try Engine.withThreads(1) {
            _ = try Trainer(
                sets: sets, folder: model, options: Self.options, progress: { _ in }, preview: { _ in }
            ).run()
        }
        let kept = Self.workspace.appending(path: "model")
        if Self.isRecording {
            try? FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
            let file = kept.appending(path: "model.safetensors")
            try? FileManager.default.removeItem(at: file)
            try FileManager.default.copyItem(at: model.appending(path: "model.safetensors"), to: file)
            try RecordedProcessor.record()
        }
        let (new, old) = (try arrays(model), try arrays(kept))
        #expect(Set(new.keys) == Set(old.keys))
        let isSameProcessor = try RecordedProcessor.isThisOne
        for (name, values) in old {
            let trained = try #require(new[name])
            if isSameProcessor {
                #expect(trained == values, "\(name)")
            } else {
                let difference = zip(trained, values).reduce(0) { $0 + abs($1.0 - $1.1) }
                let size = values.reduce(0) { $0 + abs($1) }
                #expect(difference <= 0.1 * size + 1e-3, "\(name): \(difference) of \(size)")
            }
        }
    }
}
