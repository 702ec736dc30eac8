import Foundation

/// The record of one output.
package struct LedgerEntry: Sendable, Codable, Equatable {
    package let time: Date
    /// The output's file name when it was made, without the folder.
    package let output: String
    package let sha256: String
    /// Perceptual hashes of frames at evenly spaced times.
    package let looks: [PerceptualHash]
    package let target: Consent.Document?
    package let model: ModelReference?
    /// Further models besides `model`, if several drew faces.
    package let furtherModels: [ModelReference]?
    package let consents: [ConsentReference]
    package let marks: Marks
    package let signing: SigningState
    package let settings: JSONValue
    package let version: String
    /// The reason why the earlier entry with the same hash is withdrawn; `nil` for an output.
    package private(set) var withdrawn: String?

    package init(
        time: Date, output: String, sha256: String, looks: [PerceptualHash], target: Consent.Document?,
        models: [ModelReference], consents: [ConsentReference], marks: Marks, signing: SigningState,
        settings: JSONValue, version: String
    ) {
        // Records store whole seconds.
        self.time = Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
        (self.output, self.sha256, self.looks) = (output, sha256, looks)
        (self.target, self.model, self.consents) = (target, models.first, consents)
        furtherModels = models.count > 1 ? Array(models.dropFirst()) : nil
        (self.marks, self.signing, self.settings, self.version) = (marks, signing, settings, version)
    }

    /// The entry that withdraws this one.
    func withdrawn(at time: Date, because reason: String) -> LedgerEntry {
        var entry = LedgerEntry(
            time: time, output: output, sha256: sha256, looks: looks, target: target,
            models: [model].compactMap { $0 } + (furtherModels ?? []), consents: consents, marks: marks,
            signing: signing, settings: settings, version: version)
        entry.withdrawn = reason
        return entry
    }
}
