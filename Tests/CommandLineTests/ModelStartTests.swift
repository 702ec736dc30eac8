import Foundation
import Safetensors
import Testing

/// What a new model begins with: the installation's base model, another model, or random parameters.
@Suite(
    "Start of a model", .serialized,
    .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights"))
struct ModelStartTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try TrainedWorkspace.copy(to: scratch.path("w"))
        try forget()
    }

    private func forget() throws { try FileManager.default.removeItem(atPath: scratch.path("w/model")) }

    private func train(_ more: String...) throws -> Program.Outcome {
        try Program.start(
            [
                "train", "--source", "a", "--target", "c", "--iterations", "1", "--device", "cpu", "--seed",
                "1",
                "--workspace", scratch.path("w"),
            ] + more
        ).finish()
    }

    /// How far the model's first layer lies from the base model's, as a share of that one's length.
    private func distance() throws -> Float {
        let base = try SafetensorsFile(
            mapping: URL(filePath: Program.root.appending(path: "Models/dimorph-s-base.safetensors").path)
        )
        .values("average.encoder.stem.weight", as: UInt16.self).map { Float(Float16(bitPattern: $0)) }
        let own = try SafetensorsFile(mapping: URL(filePath: scratch.path("w/model/model.safetensors")))
            .values("average.encoder.stem.weight", as: Float.self)
        let (difference, length) = zip(own, base).reduce((Float(0), Float(0))) {
            ($0.0 + ($1.0 - $1.1) * ($1.0 - $1.1), $0.1 + $1.1 * $1.1)
        }
        return (difference / length).squareRoot()
    }

    @Test("dimorph-s starts from the base model, but not with none, further iterations or another network")
    func base() throws {
        let words = "the model starts from dimorph-s-base.safetensors"
        let usual = try train("--architecture", "dimorph-s")
        #expect(usual.status == 0 && usual.errors.contains(words), "\(usual.errors)")
        #expect(try distance() < 0.1)
        let further = try train("--iterations", "2")
        #expect(further.status == 0 && !further.errors.contains(words), "\(further.errors)")
        try forget()
        let fresh = try train("--architecture", "dimorph-s", "--start-from", "none")
        #expect(fresh.status == 0 && !fresh.errors.contains(words), "\(fresh.errors)")
        #expect(try distance() > 0.5)
        try forget()
        let other = try train("--architecture", "quick96", "--width", "encoder=16", "--width", "decoder=16")
        #expect(other.status == 0 && !other.errors.contains(words), "\(other.errors)")
        try forget()
        let refused = try train("--architecture", "dimorph-s", "--start-from", "none", "--fresh", "encoder")
        #expect(refused.status == 2 && refused.errors.contains("--fresh with --start-from none"))
    }
}
