import Foundation

/// A model as outputs refer to it.
package struct ModelReference: Sendable, Codable, Equatable {
    package let architecture: String
    package let sha256: String

    package init(architecture: String, sha256: String) {
        (self.architecture, self.sha256) = (architecture, sha256)
    }
}

/// What an output's Content Credentials say about its making.
package struct Manifest: Sendable {
    /// The output's name.
    package var title: String
    package var version: String
    /// The video whose face was replaced; nil for a picture that is made of several, such as a preview sheet.
    package var target: URL?
    /// All that drew faces.
    package var models: [ModelReference]
    package var consents: [ConsentReference]
    package var marks: Marks
    /// What was swapped; nil for a picture that is made of several swaps, such as a preview sheet.
    package var statement: SwapStatement?

    package init(
        title: String, version: String, target: URL?, models: [ModelReference], consents: [ConsentReference],
        marks: Marks, statement: SwapStatement? = nil
    ) {
        self.statement = statement
        (self.title, self.version, self.target) = (title, version, target)
        (self.models, self.consents, self.marks) = (models, consents, marks)
    }

    /// Names of the own assertions.
    package static let consentsLabel = "org.dimorph.consents"
    package static let marksLabel = "org.dimorph.marks"

    static let targetLabel = "target"

    /// How an ingredient is called in the manifest: `model`, `model2` …
    private static func modelLabel(_ index: Int) -> String { index == 0 ? "model" : "model\(index + 1)" }

    /// As libc2pa takes it. The target's ingredient is added from the file.
    package var definition: JSONValue {
        [
            "claim_generator_info": [
                ["name": .string(OutputMetadata.software), "version": .string(version)]
            ],
            "title": .string(title),
            "ingredients": .array(
                models.enumerated().map { Self.ingredient($0.element, label: Self.modelLabel($0.offset)) }),
            "assertions": [
                ["label": "c2pa.actions.v2", "data": ["actions": .array(actions)]],
                [
                    "label": .string(Self.consentsLabel),
                    "data": ["consents": .array(consents.map(Self.hashes))],
                ],
                ["label": .string(Self.marksLabel), "data": marksData],
            ],
        ]
    }

    /// - Parameter sha256: the target's; credentials of its own, where it has some, are added by the library.
    static func targetIngredient(_ title: String, sha256: String) -> JSONValue {
        [
            "title": .string(title), "relationship": "parentOf", "label": .string(targetLabel),
            "description": .string("SHA-256 \(sha256)"),
        ]
    }

    /// The first action must say where the picture comes from.
    private var actions: [JSONValue] {
        var edited: [String: JSONValue] = [
            "action": .string(target == nil ? "c2pa.created" : "c2pa.edited"),
            "digitalSourceType": .string(statement?.digitalSourceType ?? OutputMetadata.digitalSourceType),
            "softwareAgent": ["name": .string(OutputMetadata.software), "version": .string(version)],
            "description": .string(
                statement?.action ?? "A face was replaced by one that a trained model drew."),
        ]
        if !models.isEmpty {
            edited["parameters"] = [
                "ingredientIds": .array(models.indices.map { .string(Self.modelLabel($0)) })
            ]
        }
        guard target != nil else { return [.object(edited)] }
        return [
            ["action": "c2pa.opened", "parameters": ["ingredientIds": [.string(Self.targetLabel)]]],
            .object(edited), ["action": "c2pa.transcoded"],
        ]
    }

    private static func ingredient(_ model: ModelReference, label: String) -> JSONValue {
        [
            "title": .string("model \(model.architecture)"), "format": "application/octet-stream",
            "relationship": "inputTo", "label": .string(label),
            "instance_id": .string("urn:sha256:\(model.sha256)"),
            "description": .string("SHA-256 \(model.sha256)"),
        ]
    }

    /// Hashes alone: nothing tells who the people are.
    private static func hashes(_ consent: ConsentReference) -> JSONValue {
        var entry: [String: JSONValue] = [
            "use": .string(consent.use.rawValue), "record_sha256": .string(consent.record),
        ]
        entry["document_sha256"] = consent.document.map { .string($0) }
        entry["correction"] = consent.correction.map { .string($0) }
        return .object(entry)
    }

    private var marksData: JSONValue {
        var data: [String: JSONValue] = [:]
        switch marks.label {
        case .shown: data["label"] = ["shown": true]
        case .leftOff(let reason): data["label"] = ["shown": false, "reason": .string(reason)]
        }
        if let watermark = marks.watermark { data["watermark"] = .number(Double(watermark)) }
        return .object(data)
    }
}
