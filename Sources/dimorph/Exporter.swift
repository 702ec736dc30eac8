import Architectures
import Commands
import Faces
import Foundation
import Provenance
import Tensors
import Workspace

/// Writes a workspace's model to files that other programs read.
struct Exporter {
    /// What whoever draws with an exported model must know.
    static let notice =
        "Only for faces of people who agree to it. Pictures and videos made with this model are synthetic and must "
        + "say so, visibly and in their metadata."

    private let workspace: Workspace
    private let export: SwapExport
    private let gate: ConsentPolicy
    private let console: Console

    init(_ workspace: Workspace, device: Device, console: Console) throws {
        self.workspace = workspace
        self.console = console
        export = try SwapExport(workspace.newestModel, device: device)
        gate = ConsentPolicy(workspace: workspace, console: console)
    }

    /// - Parameter person: whom the script draws; nil for the source.
    func write(model: URL, script: URL?, person: String?) throws {
        let people = export.card.people
        let drawn = try person.map(number(of:)) ?? 0
        var files = ["model": model.path]
        var values = ["iterations": Double(export.card.iterations)]
        try ClosedModels(workspace).refuse(workspace.newestModel)
        try export.writeModel(to: model, metadata: metadata(gate.require(people.map(\.name))))
        console.result("the model: \(model.path)")
        if let script {
            let other = drawn == 0 ? min(1, people.count - 1) : 0
            let difference = try export.writeScript(to: script, as: drawn, from: other)
            files["torchscript"] = script.path
            values["difference"] = difference
            console.result(
                "TorchScript that draws \(people[drawn].name): \(script.path), tried out on other faces: differs by "
                    + "\(String(format: "%.1e", difference)) at most")
        }
        console.report(
            ProgressEvent(stage: "export", message: "done", fraction: 1, values: values, files: files))
    }

    private func number(of name: String) throws -> Int {
        let people = export.card.people
        guard let index = people.firstIndex(where: { $0.name == name }) else {
            let known = people.map(\.name).joined(separator: ", ")
            throw InputError("--as \(name): the model knows \(known)")
        }
        return index
    }

    /// Texts for the file's header beside the card: the rules, how the training went, and the mean embedding of each
    /// person that the workspace has one of, by which a recogniser tells whose model it is, and the consents.
    private func metadata(_ consents: [ConsentReference]) throws -> [String: String] {
        struct Course: Encodable {
            let iterations: Int
            let seconds: Double
            let heldOutError: Double?
        }
        let card = export.card
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let course = try encoder.encode(
            Course(
                iterations: card.iterations, seconds: card.seconds,
                heldOutError: card.test?[TrainingFigure.testError.rawValue]))
        var identities: [String: Embedding] = [:]
        for person in card.people { identities[person.name] = try workspace.index.set(person.name)?.identity }
        return [
            "notice": Self.notice, "made_by": "dimorph \(Version.current)",
            "training": String(decoding: course, as: UTF8.self),
            "consents": String(decoding: try encoder.encode(consents), as: UTF8.self),
            "identity": String(decoding: try JSONEncoder().encode(identities), as: UTF8.self),
        ]
    }
}
