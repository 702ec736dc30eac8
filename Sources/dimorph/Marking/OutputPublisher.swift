import Commands
import Foundation
import Media
import Pictures
import Provenance
import Workspace

/// Brings outputs to their place: signed where that can be, entered in the ledger, and not before.
final class OutputPublisher {
    private let ledger: Ledger
    private let console: Console
    private let signer: OutputSigner

    init(_ workspace: Workspace, signer: OutputSigner, console: Console) {
        ledger = workspace.ledger
        (self.signer, self.console) = (signer, console)
    }

    /// Has an output made, signs it and enters it in the ledger. Until all is done nothing stands under its name.
    ///
    /// - Parameters:
    ///   - facts: what is told of it, once it is made.
    ///   - make: makes the file at the place that it is given, or a part of it, where several runs share the work:
    ///     the first that finds it complete signs it.
    func publish<Result>(
        _ output: URL, _ facts: (Result) -> OutputFacts, make: (URL) throws -> Result
    ) throws -> Result {
        // Now rather than after hours: a ledger that was tampered with takes no further entry.
        _ = try ledger.entries()
        let staged = try StagedOutput(output)
        do {
            let result = try make(staged.file)
            let facts = facts(result)
            try staged.alone {
                let signing = signer.sign(staged.file, named: output, facts)
                try ledger.add(entry(staged.file, facts, signing))
                try staged.commit()
                tell(signing, output)
            }
            return result
        } catch {
            staged.discard()
            throw error
        }
    }

    private func entry(_ file: URL, _ facts: OutputFacts, _ signing: SigningState) throws -> LedgerEntry {
        LedgerEntry(
            time: Date(), output: file.lastPathComponent, sha256: try Digest.sha256(of: file),
            looks: try Looks.frames(of: file).map { PictureHash($0) },
            target: try facts.target.map { try Consent.Document($0) }, model: facts.model,
            consents: facts.consents, marks: facts.marks, signing: signing, settings: facts.settings,
            version: Version.current)
    }

    private func tell(_ signing: SigningState, _ output: URL) {
        switch signing {
        case .signed(let name):
            console.result("signed: \(output.lastPathComponent), by \(name)")
            console.report(
                ProgressEvent(stage: "sign", message: "signed by \(name)", files: ["file": output.path]))
        case .unsigned(let reason):
            console.say("note: \(output.lastPathComponent) is unsigned: \(reason)")
            console.report(
                ProgressEvent(stage: "sign", message: "unsigned: \(reason)", files: ["file": output.path]))
        }
    }
}
