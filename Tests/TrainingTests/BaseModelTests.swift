import Architectures
import Foundation
import Safetensors
import Tensors
import Testing
import Workspace

@testable import Training

@Suite("Base model of many people", .serialized)
struct BaseModelTests {
    init() throws { try Engine.setThreads(1) }

    private static let people = ["a", "b", "c", "d"]

    private func options(_ iterations: Int, sharesDecoder: Bool = true) -> Trainer.Options {
        var options = DrawnFaces.options(iterations: iterations)
        var settings = DrawnFaces.settings
        settings.sharesDecoder = sharesDecoder ? true : nil
        options.network = .hybrid(settings)
        if sharesDecoder { (options.recipe.batch, options.recipe.people) = (2, 2) }
        return options
    }

    private func trainer(
        _ names: [String], _ options: Trainer.Options, in folder: URL, _ model: String
    ) throws -> Trainer {
        try Trainer(
            sets: names.map { try DrawnFaces.set($0, in: folder) }, folder: folder.appending(path: model),
            options: options, progress: { _ in }, preview: { _ in })
    }

    private func parameters(_ model: URL) throws -> [String: [Float]] {
        let file = try SafetensorsFile(mapping: model.appending(path: "model.safetensors"))
        return Dictionary(
            uniqueKeysWithValues: try file.names.map { ($0, try file.values($0, as: Float.self)) })
    }

    @Test("sees some people in each step and in the end all, the same ones with the same seed")
    func somePeople() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        var still = options(1)
        still.recipe.rate.peak = 0
        _ = try trainer(Self.people, still, in: folder, "still").run()
        _ = try trainer(Self.people, options(1), in: folder, "one").run()
        _ = try trainer(Self.people, options(24), in: folder, "many").run()
        _ = try trainer(Self.people, options(24), in: folder, "again").run()
        let (before, one, many, again) = (
            try parameters(folder.appending(path: "still")), try parameters(folder.appending(path: "one")),
            try parameters(folder.appending(path: "many")), try parameters(folder.appending(path: "again"))
        )
        // Weight decay aside, a mean face moves where its person is seen.
        func moved(_ after: [String: [Float]]) -> [String] {
            Self.people.filter { name in
                let key = "average.decoders.\(name).mean"
                guard let old = before[key], let new = after[key] else { return false }
                return zip(old, new).contains { abs($0 - $1) > 1e-5 }
            }
        }
        #expect(moved(one).count == 2, "\(moved(one))")
        #expect(moved(many) == Self.people)
        #expect(many == again)
        // Broken off, and in parts.
        _ = try trainer(Self.people, options(10), in: folder, "resumed").run()
        _ = try trainer(Self.people, options(24), in: folder, "resumed").run()
        #expect(try parameters(folder.appending(path: "resumed")).keys == many.keys)
        var parted = options(3)
        parted.recipe.economy.accumulation = 2
        _ = try trainer(Self.people, parted, in: folder, "parted").run()
        _ = try trainer(Self.people, options(3), in: folder, "whole").run()
        let (parts, whole) = (
            try parameters(folder.appending(path: "parted")), try parameters(folder.appending(path: "whole"))
        )
        for (name, values) in whole {
            #expect(zip(values, try #require(parts[name])).allSatisfy { abs($0 - $1) < 2e-3 }, "\(name)")
        }
    }

    @Test("is a start: everybody's decoder begins as the shared one, with a mean face of its own")
    func start() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try trainer(Self.people, options(4), in: folder, "base").run()
        var fine = options(1, sharesDecoder: false)
        fine.recipe.rate.peak = 0
        fine.startingFrom = folder.appending(path: "base/model.safetensors")
        _ = try trainer(["x.1", "a"], fine, in: folder, "fine").run()
        let (base, model) = (
            try parameters(folder.appending(path: "base")), try parameters(folder.appending(path: "fine"))
        )
        for (name, values) in model {
            let isMean = name.hasSuffix(".mean")
            let key = ["x.1", "a"].reduce(name) {
                $0.replacingOccurrences(of: "decoders.\($1).", with: "decoders.a.")
            }
            // Also of "a", who has the name of somebody in the base.
            #expect((base[key] == values) == !isMean, "\(name)")
        }
        #expect(model.keys.count { $0.contains("decoders.x.1.blocks") } > 1)
    }
}
