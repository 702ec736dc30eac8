import Commands
import Files
import Foundation
import Media
import Pictures
import Provenance
import Workspace

/// Publishes outputs: signs them if possible, records them in the ledger, and then renames them to their final names.
///
/// Each step is resumable (`OutputTransaction`). The ledger entry is written before the output gets its final name, so
/// that no published output lacks an entry; a resumed run does not write the entry twice.
final class OutputPublisher {
    private let ledger: Ledger
    private let pending: PendingOutputs
    private let console: Console
    private let signer: OutputSigner
    private let guarding: ExistingOutput

    /// - Parameter overwrites: whether outputs may replace files that were not made by Dimorph.
    init(_ workspace: Workspace, signer: OutputSigner, console: Console, overwrites: Bool = false) {
        (ledger, pending) = (workspace.ledger, PendingOutputs(workspace))
        (self.signer, self.console) = (signer, console)
        guarding = ExistingOutput(ledger: workspace.ledger, overwrites: overwrites)
    }

    /// Opens an output for this run; to be called before any work is done for it.
    ///
    /// - Parameter share: name of this run's share if several processes divide the work.
    /// - Throws: `FileError` `locked`; `ProvenanceError` if the ledger was tampered with;
    ///   `InputError` if the output would replace a file that was not made by Dimorph.
    func open(_ output: URL, share: String? = nil) throws -> OutputTransaction {
        _ = try ledger.entries()
        try requireSigner()
        for sentence in try pending.settle() { console.say("note: \(sentence)") }
        try requireFree(output)
        let transaction = try OutputTransaction(output, share: share)
        transaction.supersedes = { [pending] in try pending.remove(sha256: $0) }
        return transaction
    }

    /// Throws `InputError` if an output would replace a file that was not made by Dimorph.
    func requireFree(_ output: URL) throws { try guarding.requireFree(output) }

    /// Throws `ProvenanceError` if the signing keys of this installation are invalid.
    func requireSigner() throws { try signer.requireUsable() }

    /// Creates a picture, signs it, records it in the ledger and renames it to its final name.
    ///
    /// - Parameter make: creates the file at the given URL.
    func publish(_ output: URL, _ facts: OutputDescription, make: (URL) throws -> Void) throws {
        let transaction = try open(output)
        defer { transaction.leave() }
        try transaction.begin(nil)
        try make(transaction.made)
        try transaction.finish(.made, true, file: transaction.made)
        try publish(transaction, .file, facts)
        transaction.close()
    }

    /// Signs the output, records it in the ledger and renames it to its final name; skips steps that are done.
    func publish(_ transaction: OutputTransaction, _ form: OutputForm, _ facts: OutputDescription) throws {
        guard let step = transaction.step, step != .published else { return }
        do {
            try Task.checkCancellation()
            guard !facts.isUnchanged else {
                // The output is not synthetic: it is neither signed nor recorded in the ledger.
                try requireUnchanged(transaction)
                try transaction.publish()
                return reportUnchanged(form.url(of: transaction.output))
            }
            let begun = ContinuousClock.now
            let signed = try signed(transaction, form, facts)
            try Task.checkCancellation()
            try record(signed, transaction, form, facts, mayBeKnown: step >= .signed)
            try requireUnchanged(transaction)
            try transaction.publish()
            try pending.remove(sha256: signed.sha256)
            report(signed.state, form.url(of: transaction.output), seconds: (.now - begun) / .seconds(1))
        } catch {
            if !(error is CancellationError) {
                console.say(
                    "note: \(transaction.output.lastPathComponent) is complete and kept in \(transaction.folder.path); run "
                        + "the same command to resume")
            }
            throw error
        }
    }

    /// Stored state of a signed output.
    private struct Signed: Codable {
        let state: SigningState
        let sha256: String
        let looks: [PerceptualHash]
        /// Fingerprint of the signed manifest.
        let manifest: String
    }

    private func signed(
        _ transaction: OutputTransaction, _ form: OutputForm, _ facts: OutputDescription
    ) throws -> Signed {
        let manifest = try signer.fingerprint(facts, named: transaction.output)
        // Signing is retried if it failed before; an output in the ledger is not signed again.
        if let signed = transaction.value(of: .signed, as: Signed.self) {
            if transaction.step == .recorded { return signed }
            if case .signed = signed.state, signed.manifest == manifest { return signed }
        }
        try transaction.redo(.signed)
        let state = try form.sign(transaction, signer, facts)
        var file = transaction.made
        if case .signed = state { file = transaction.signed }
        let signed = Signed(
            state: state, sha256: try form.hash(of: file, in: transaction),
            looks: try form.looks(of: file, in: transaction), manifest: manifest)
        try transaction.finish(.signed, signed, file: file)
        return signed
    }

    /// - Parameter mayBeKnown: whether an earlier run may have recorded it in the ledger.
    private func record(
        _ signed: Signed, _ transaction: OutputTransaction, _ form: OutputForm, _ facts: OutputDescription,
        mayBeKnown: Bool
    ) throws {
        guard transaction.step != .recorded, let file = transaction.file else { return }
        let isKnown = try mayBeKnown && ledger.entries().contains { $0.sha256 == signed.sha256 }
        if !isKnown {
            try requireUnchanged(transaction)
            try transaction.requirePlace()
            try pending.add(
                transaction.output, sha256: signed.sha256, isFolder: FileSystem.isFolder(file))
            try ledger.add(
                LedgerEntry(
                    time: Date(), output: form.name(of: transaction.output), sha256: signed.sha256,
                    looks: signed.looks, target: try facts.target.map { try Consent.Document($0) },
                    models: facts.models, consents: facts.consents, marks: facts.marks,
                    signing: signed.state, settings: facts.settings, version: Version.current))
        }
        try transaction.finish(.recorded, signed.sha256, file: file)
    }

    private func requireUnchanged(_ transaction: OutputTransaction) throws {
        if transaction.isReplaced { try requireFree(transaction.output) }
    }

    private func reportUnchanged(_ output: URL) {
        console.say(
            "note: no face was swapped: \(output.lastPathComponent) is an unchanged copy of the target, without label, watermark, "
                + "signature and ledger entry")
    }

    /// - Parameter seconds: duration of signing and recording.
    private func report(_ signing: SigningState, _ output: URL, seconds: Double) {
        let message: String
        switch signing {
        case .signed(let name):
            message = "signed by \(name)"
            console.result("signed: \(output.lastPathComponent), by \(name)")
        case .unsigned(let reason):
            message = "unsigned: \(reason)"
            console.say("note: \(output.lastPathComponent) is unsigned: \(reason)")
        }
        console.report(
            ProgressEvent(
                stage: "sign", message: message, values: ["seconds": seconds], files: ["file": output.path]))
    }
}
