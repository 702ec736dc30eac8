import Architectures
import Commands
import Faces
import Foundation
import Provenance
import Tensors
import Workspace

/// Exports a workspace's model to files for other programs.
struct Exporter {
    /// Conditions of use, stored in the header of exported models.
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

    /// - Parameter person: person that the script generates; `nil` for the source.
    func write(model: URL, script: URL?, person: String?) throws {
        let people = export.card.people
        let drawn = try person.map(number(of:)) ?? 0
        var files = ["model": model.path]
        var values = ["iterations": Double(export.card.iterations)]
        try ClosedModels(workspace).refuse(workspace.newestModel)
        try export.writeModel(to: model, metadata: metadata(gate.require(people.map(\.name))))
        console.result("model: \(model.path)")
        if let script {
            let other = drawn == 0 ? min(1, people.count - 1) : 0
            let difference = try export.writeScript(to: script, as: drawn, from: other)
            files["torchscript"] = script.path
            values["difference"] = difference
            console.result(
                "TorchScript module of \(people[drawn].name): \(script.path), maximum deviation on test faces "
                    + String(format: "%.1e", difference))
        }
        console.report(
            ProgressEvent(stage: "export", message: "done", fraction: 1, values: values, files: files))
    }

    private func number(of name: String) throws -> Int {
        let people = export.card.people
        guard let index = people.firstIndex(where: { $0.name == name }) else {
            let known = people.map(\.name).joined(separator: ", ")
            throw InputError("--as \(name): the people of the model are \(known)")
        }
        return index
    }

    /// Entries of the file's header besides the card: conditions of use, training summary, consents, and the mean identity
    /// embedding of each person, if available, by which face recognition can identify the people of a model.
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
