import Foundation

/// What is recorded of one output.
package struct LedgerEntry: Sendable, Codable, Equatable {
    package let time: Date
    /// Its name when it was made, without the folder.
    package let output: String
    package let sha256: String
    /// Hashes of frames at evenly spread moments.
    package let looks: [PerceptualHash]
    package let target: Consent.Document?
    package let model: ModelReference?
    /// Those besides `model`, where several drew faces.
    package let furtherModels: [ModelReference]?
    package let consents: [ConsentReference]
    package let marks: Marks
    package let signing: SigningState
    package let settings: JSONValue
    package let version: String
    /// Why an entry with the same hash, which stands before this one, is of no output that exists; nil for an output.
    package private(set) var withdrawn: String?

    package init(
        time: Date, output: String, sha256: String, looks: [PerceptualHash], target: Consent.Document?,
        models: [ModelReference], consents: [ConsentReference], marks: Marks, signing: SigningState,
        settings: JSONValue, version: String
    ) {
        // Records keep whole seconds.
        self.time = Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
        (self.output, self.sha256, self.looks) = (output, sha256, looks)
        (self.target, self.model, self.consents) = (target, models.first, consents)
        furtherModels = models.count > 1 ? Array(models.dropFirst()) : nil
        (self.marks, self.signing, self.settings, self.version) = (marks, signing, settings, version)
    }

    /// This entry as one that was withdrawn.
    func withdrawn(at time: Date, because reason: String) -> LedgerEntry {
        var entry = LedgerEntry(
            time: time, output: output, sha256: sha256, looks: looks, target: target,
            models: [model].compactMap { $0 } + (furtherModels ?? []), consents: consents, marks: marks,
            signing: signing, settings: settings, version: version)
        entry.withdrawn = reason
        return entry
    }
}
