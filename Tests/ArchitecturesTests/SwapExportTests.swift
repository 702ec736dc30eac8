import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

@Suite("Exported models")
struct SwapExportTests {
    private static let hybrid = NetworkDesign.hybrid(.tiny)
    private static let refined = NetworkDesign.hybrid(.tinyRefined)

    private func scratch() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A model of two people with random parameters.
    private func model(
        _ design: NetworkDesign, in folder: URL, codes: [[Float]]? = nil, covariance: [Float]? = nil
    ) throws -> URL {
        let store = ParameterStore(seed: 9)
        _ = try design.network(Scope(store), people: ["a", "b"])
        var people = ["a", "b"].map {
            ModelCard.Person(name: $0, offset: [0, 0, 0], lowest: [-1, -1, -1], highest: [1, 1, 1])
        }
        for (place, code) in (codes ?? []).enumerated() {
            (people[place].code, people[place].codeCovariance) = (code, covariance)
        }
        let card = ModelCard(
            architecture: "small", design: design, crop: "full", measures: ["x", "y", "z"], people: people,
            seed: 9, iterations: 7)
        let url = folder.appending(path: "model.safetensors")
        try SafetensorsWriter.write(
            Dictionary(uniqueKeysWithValues: zip(store.names.map { "average." + $0 }, store.tensors)),
            metadata: try ModelFile.metadata(card), to: url)
        return url
    }

    @Test(
        "move codes from one person's mean to the other's, as TorchScript too, and no codes of a person drawn as itself"
    )
    func codes() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        func drawn(_ codes: [[Float]]?, as person: Int, from other: Int) throws -> [Float] {
            let export = try SwapExport(model(Self.hybrid, in: folder, codes: codes), device: .cpu)
            let script = folder.appending(path: "swap.pt")
            #expect(try export.writeScript(to: script, as: person, from: other) < 1e-5)
            return try export.drawing(export.examples(2).map(\.tensor), as: person, from: other)[0]
                .values(as: Float.self)
        }
        let (one, other): ([Float], [Float]) = ([1, 0, 2, 0, 0, 1], [0, 1, -1, 0, 2, 0])
        let plain = try drawn(nil, as: 0, from: 1)
        #expect(try drawn([one, one], as: 0, from: 1) == plain)
        #expect(try drawn([one, other], as: 0, from: 1) != plain)
        #expect(try drawn([one, other], as: 0, from: 0) == drawn(nil, as: 0, from: 0))
        // Codes that spread widely are not moved, and those that spread by little nearly as far as before.
        func spread(_ variance: Float) throws -> [Float] {
            let covariance = (0..<36).map { $0 % 7 == 0 ? variance : 0 }
            let url = try model(Self.hybrid, in: folder, codes: [one, other], covariance: covariance)
            let export = try SwapExport(url, device: .cpu)
            #expect(try export.writeScript(to: folder.appending(path: "swap.pt"), as: 0, from: 1) < 1e-5)
            return try export.drawing(export.examples(2).map(\.tensor), as: 0, from: 1)[0]
                .values(as: Float.self)
        }
        #expect(try spread(100) == plain)
        let moved = try drawn([one, other], as: 0, from: 1)
        #expect(zip(try spread(1e-12), moved).allSatisfy { abs($0 - $1) < 1e-4 })
        let cut = try model(Self.hybrid, in: folder, codes: [one, other], covariance: [1, 2])
        #expect(throws: ModelError.self) { try SwapExport(cut, device: .cpu) }
        // As a file that was tampered with has it.
        let url = try model(Self.hybrid, in: folder, codes: [one, [1]])
        #expect(throws: ModelError.self) { try SwapExport(url, device: .cpu) }
    }

    @Test(
        "draw as TorchScript what they draw here, of other faces and more of them",
        arguments: ["hybrid", "refined", "original", "article", "df-udt", "liae-ud", "amp"])
    func script(name: String) throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let isDeepFaceLab = name.contains("-") || name == "amp"
        var widths = ["encoder": 8]
        if isDeepFaceLab { widths.merge(["code": 8, "decoder": 8, "mask": 4]) { first, _ in first } }
        if name == "original" { widths["code"] = 8 }
        if name == "amp" { widths["inter"] = 8 }
        let design =
            ["hybrid", "refined"].contains(name)
            ? (name == "hybrid" ? Self.hybrid : Self.refined)
            : try NetworkDesign(fieldName: name, resolution: isDeepFaceLab ? 64 : nil, widths: widths)
        let export = try SwapExport(model(design, in: folder), device: .cpu)
        let script = folder.appending(path: "swap.pt")
        for person in 0...1 {
            #expect(try export.writeScript(to: script, as: person, from: 1 - person) < 1e-5)
        }
    }

    @Test("are models of their own, with what was written beside the card")
    func file() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let export = try SwapExport(model(Self.hybrid, in: folder), device: .cpu)
        let url = folder.appending(path: "exported.safetensors")
        try export.writeModel(to: url, metadata: ["notice": "say so", "format": "something else"])
        let again = try ModelFile(url)
        #expect(again.card == export.card && again.file.metadata["notice"] == "say so")
        let (_, store) = try again.drawingNetwork(device: .cpu)
        let (_, first) = try ModelFile(folder.appending(path: "model.safetensors"))
            .drawingNetwork(device: .cpu)
        #expect(store.names == first.names)
        for (a, b) in zip(store.tensors, first.tensors) {
            #expect(try a.values(as: Float.self) == b.values(as: Float.self))
        }
    }

    /// The interpreter that the setup has installed, beside the LibTorch that PyTorch's wheel brought.
    private static let python: (program: URL, libraries: URL)? = {
        guard let home = ProcessInfo.processInfo.environment["DIMORPH_HOME"] else { return nil }
        let parts = URL(filePath: home).appending(path: ".deps")
        let program = parts.appending(path: "python/bin/python")
        guard FileManager.default.isExecutableFile(atPath: program.path) else { return nil }
        return (program, parts.appending(path: "libtorch"))
    }()

    @Test("are drawn by PyTorch as here", .enabled(if: SwapExportTests.python != nil))
    func pyTorch() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let export = try SwapExport(model(Self.hybrid, in: folder), device: .cpu)
        try export.writeScript(to: folder.appending(path: "swap.pt"), as: 0, from: 1)
        let inputs = try export.examples(5)
        let outputs = try export.drawing(inputs.map(\.tensor), as: 0, from: 1)
        var tensors = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.tensor) })
        (tensors["colours"], tensors["mask"]) = (outputs[0], outputs[1])
        try SafetensorsWriter.write(
            tensors, metadata: [:], to: folder.appending(path: "drawn.safetensors"))
        let (program, libraries) = try #require(Self.python)
        let check = Process()
        check.executableURL = program
        check.arguments = [
            URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../References/check-torchscript.py").path,
            folder.appending(path: "swap.pt").path, folder.appending(path: "drawn.safetensors").path,
        ]
        check.environment = ["PYTHONPATH": libraries.path, "OMP_NUM_THREADS": "1"]
        try check.run()
        check.waitUntilExit()
        #expect(check.terminationStatus == 0)
    }
}
