import Architectures
import Foundation
import Tensors
import Testing

@testable import Training

/// Each copy of host values to a GPU makes it wait: a step uploads its random numbers and indices at once.
@Suite("Host-to-device copies of a training step", .serialized)
struct HostCopiesTests {
    private func copies(_ change: (inout Trainer.Options) -> Void) throws -> [Int] {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = DrawnFaces.options(iterations: 8)
        change(&options)
        let trainer = try Trainer(
            sets: ["a", "b"].map { try DrawnFaces.set($0, in: folder) },
            folder: folder.appending(path: "model"),
            options: options, progress: { _ in }, preview: { _ in })
        // The first steps fill caches.
        for iteration in 0..<2 { _ = try trainer.step(iteration: iteration, progress: 0) }
        return try (2..<4).map { iteration in
            let before = try Engine.hostCopies()
            _ = try trainer.step(iteration: iteration, progress: 0.5)
            return try Engine.hostCopies() - before
        }
    }

    @Test("are at most two, of floats and of indices, with the default recipe")
    func usual() throws {
        let copies = try copies { _ in }
        #expect(copies.allSatisfy { (1...2).contains($0) }, "\(copies)")
    }

    /// Colour transfer and changes of L*a*b* upload their constants in each step besides.
    @Test("and with discriminators, blur, hue, and a network that refines some faces")
    func everything() throws {
        let copies = try copies { options in
            var settings = DrawnFaces.settings
            (settings.resolution, settings.refinementChannels) = (32, 4)
            options.network = .hybrid(settings)
            (options.recipe.augmentation.blurOutside, options.recipe.augmentation.hue) = (0.06, 10)
            (options.recipe.adversary.weight, options.recipe.trueFace) = (0.1, 0.1)
        }
        #expect(copies.allSatisfy { (1...2).contains($0) }, "\(copies)")
    }

    @Test(
        "and with networks without expression features",
        arguments: ["df-ud", "liae-ud", "original", "quick96"])
    func classic(name: String) throws {
        let widths = ["encoder": 16, "code": 32].merging(
            ["df-ud", "liae-ud"].contains(name) ? ["decoder": 16, "mask": 8] : [:]
        ) { $1 }
        let design = try NetworkDesign(
            named: name, resolution: name == "quick96" ? nil : 64, widths: widths)
        let copies = try copies { $0.network = design }
        #expect(copies.allSatisfy { (1...2).contains($0) }, "\(copies)")
    }
}
