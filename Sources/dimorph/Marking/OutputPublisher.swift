import Commands
import Files
import Foundation
import Media
import Pictures
import Provenance
import Workspace

/// Brings outputs to their place: signed where that can be, entered in the ledger, and not before.
///
/// Each step is found again by the next run (`OutputTransaction`). The ledger's entry is written before the output gets its
/// name, so that no output is without one; an entry whose output has no name yet is not written a second time.
final class OutputPublisher {
    private let ledger: Ledger
    private let pending: PendingOutputs
    private let console: Console
    private let signer: OutputSigner
    private let guarding: ExistingOutput

    /// - Parameter overwrites: whether outputs may replace files that are not Dimorph's.
    init(_ workspace: Workspace, signer: OutputSigner, console: Console, overwrites: Bool = false) {
        (ledger, pending) = (workspace.ledger, PendingOutputs(workspace))
        (self.signer, self.console) = (signer, console)
        guarding = ExistingOutput(ledger: workspace.ledger, overwrites: overwrites)
    }

    /// Opens an output for this run, before any work is done for it.
    ///
    /// - Parameter share: of the work that this run does, where several divide it.
    /// - Throws: `FileError` `locked`; `ProvenanceError` where the ledger was tampered with and takes no further entry;
    ///   `InputError` where the output would replace a file that is not Dimorph's.
    func open(_ output: URL, share: String? = nil) throws -> OutputTransaction {
        _ = try ledger.entries()
        try requireSigner()
        for sentence in try pending.settle() { console.say("note: \(sentence)") }
        try requireFree(output)
        let transaction = try OutputTransaction(output, share: share)
        transaction.supersedes = { [pending] in try pending.remove(sha256: $0) }
        return transaction
    }

    /// Throws `InputError` where an output would replace a file that is not Dimorph's.
    func requireFree(_ output: URL) throws { try guarding.requireFree(output) }

    /// Throws `ProvenanceError` where this installation's keys are broken.
    func requireSigner() throws { try signer.requireUsable() }

    /// Has a picture made, signs it, enters it in the ledger and gives it its name.
    ///
    /// - Parameter make: makes the file at the place that it is given.
    func publish(_ output: URL, _ facts: OutputDescription, make: (URL) throws -> Void) throws {
        let transaction = try open(output)
        defer { transaction.leave() }
        try transaction.begin(nil)
        try make(transaction.made)
        try transaction.finish(.made, true, file: transaction.made)
        try publish(transaction, .file, facts)
        transaction.close()
    }

    /// Signs what was made, enters it in the ledger and gives it its name; each where that has not been done.
    func publish(_ transaction: OutputTransaction, _ form: OutputForm, _ facts: OutputDescription) throws {
        guard let step = transaction.step, step != .published else { return }
        do {
            try Task.checkCancellation()
            guard !facts.isUnchanged else {
                // An untrue statement is never signed, and the ledger lists what is synthetic.
                try requireUnchanged(transaction)
                try transaction.publish()
                return tellUnchanged(form.url(of: transaction.output))
            }
            let begun = ContinuousClock.now
            let signed = try signed(transaction, form, facts)
            try Task.checkCancellation()
            try record(signed, transaction, form, facts, mayBeKnown: step >= .signed)
            try requireUnchanged(transaction)
            try transaction.publish()
            try pending.remove(sha256: signed.sha256)
            tell(signed.state, form.url(of: transaction.output), seconds: (.now - begun) / .seconds(1))
        } catch {
            if !(error is CancellationError) {
                console.say(
                    "note: \(transaction.output.lastPathComponent) is made and waits in \(transaction.folder.path); the same "
                        + "command goes on from there")
            }
            throw error
        }
    }

    /// What is known of a signed output.
    private struct Signed: Codable {
        let state: SigningState
        let sha256: String
        let looks: [PerceptualHash]
        /// Of what the signature says.
        let manifest: String
    }

    private func signed(
        _ transaction: OutputTransaction, _ form: OutputForm, _ facts: OutputDescription
    ) throws -> Signed {
        let manifest = try signer.fingerprint(facts, named: transaction.output)
        // One that could not be signed is tried again; one that is in the ledger is as the ledger says.
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

    /// - Parameter mayBeKnown: whether an earlier run may have entered it in the ledger.
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

    private func tellUnchanged(_ output: URL) {
        console.say(
            "note: no face was swapped: \(output.lastPathComponent) shows the target as it is, without label, watermark and "
                + "signature, and is not in the ledger")
    }

    /// - Parameter seconds: what signing and the ledger's entry took.
    private func tell(_ signing: SigningState, _ output: URL, seconds: Double) {
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
