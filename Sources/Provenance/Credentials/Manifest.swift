import Foundation

/// A model as referenced by outputs.
package struct ModelReference: Sendable, Codable, Equatable {
    package let architecture: String
    package let sha256: String

    package init(architecture: String, sha256: String) {
        (self.architecture, self.sha256) = (architecture, sha256)
    }
}

/// The content of an output's C2PA manifest.
package struct Manifest: Sendable {
    /// The output's file name.
    package var title: String
    package var version: String
    /// The video whose face was replaced; `nil` for a picture composed of several, such as a preview sheet.
    package var target: URL?
    /// All models that drew faces.
    package var models: [ModelReference]
    package var consents: [ConsentReference]
    package var marks: Marks
    /// The swap; `nil` for a picture composed of several swaps, such as a preview sheet.
    package var statement: SwapStatement?

    package init(
        title: String, version: String, target: URL?, models: [ModelReference], consents: [ConsentReference],
        marks: Marks, statement: SwapStatement? = nil
    ) {
        self.statement = statement
        (self.title, self.version, self.target) = (title, version, target)
        (self.models, self.consents, self.marks) = (models, consents, marks)
    }

    /// Labels of Dimorph's own assertions.
    package static let consentsLabel = "org.dimorph.consents"
    package static let marksLabel = "org.dimorph.marks"

    static let targetLabel = "target"

    /// Label of a model's ingredient: `model`, `model2` …
    private static func modelLabel(_ index: Int) -> String { index == 0 ? "model" : "model\(index + 1)" }

    /// The manifest definition for libc2pa. The target's ingredient is added from the file.
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

    /// - Parameter sha256: the target's hash; the library adds the target's own credentials, if any.
    static func targetIngredient(_ title: String, sha256: String) -> JSONValue {
        [
            "title": .string(title), "relationship": "parentOf", "label": .string(targetLabel),
            "description": .string("SHA-256 \(sha256)"),
        ]
    }

    /// The actions assertion. Its first action must state the origin of the picture.
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

    /// Hashes only: the data does not reveal the people.
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
