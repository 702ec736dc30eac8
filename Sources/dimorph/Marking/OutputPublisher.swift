import Foundation
import Media
import Pictures
import Provenance
import Workspace

/// Brings outputs to their place: signed where that can be, entered in the ledger, and not before.
final class OutputPublisher {
    private let ledger: Ledger
    private let console: Console
    private let own: SigningIdentity?
    private lazy var signer = Result { try makeSigner() }
    private var saidUnsigned = false

    /// - Throws: `ProvenanceError` where the user's own certificate cannot be used: better now than after hours.
    init(_ workspace: Workspace, signing: SigningFiles?, console: Console) throws {
        ledger = workspace.ledger
        self.console = console
        own = try signing.map { try SigningIdentity(certificates: $0.certificates, key: $0.key) }
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
                let begun = ContinuousClock.now
                let signing = sign(staged.file, named: output, facts)
                try ledger.add(entry(staged.file, facts, signing))
                try staged.commit()
                tell(signing, output, seconds: (.now - begun) / .seconds(1))
            }
            return result
        } catch {
            staged.discard()
            throw error
        }
    }

    /// Writes a preview of a training with the watermark and the label, and signs it. Previews are no outputs: the ledger does
    /// not list them.
    func preview(_ picture: Picture, to file: URL, _ facts: OutputFacts) throws {
        let staged = try StagedOutput(file)
        let watermark = WatermarkEmbedder(
            id: .random(in: 0 ... .max), width: picture.width, height: picture.height)
        let marked = watermark.map { picture.changingLuma($0.mark) } ?? picture
        var facts = facts
        facts.marks.watermark = watermark?.id
        do {
            try PictureFile.write(SyntheticLabel.laid(on: marked), to: staged.file)
            if case .unsigned(let reason) = sign(staged.file, named: file, facts), !saidUnsigned {
                saidUnsigned = true
                console.say("note: previews are unsigned: \(reason)")
            }
            try staged.commit()
        } catch {
            unlink(staged.file.path)
            staged.discard()
            throw error
        }
    }

    /// A file that cannot be signed is worth more unsigned, which is said, than lost.
    private func sign(_ file: URL, named output: URL, _ facts: OutputFacts) -> SigningState {
        let manifest = Manifest(
            title: output.lastPathComponent, version: Dimorph.version, target: facts.target,
            model: facts.model, consents: facts.consents, marks: facts.marks)
        do { return try signer.get().sign(file, named: output, manifest) } catch {
            return .unsigned(reason: "\(error)")
        }
    }

    private func makeSigner() throws -> CredentialsSigner {
        CredentialsSigner(
            library: try CredentialsLibrary(at: Installation.contentCredentials),
            identity: try own ?? Installation.signing.identity())
    }

    private func entry(_ file: URL, _ facts: OutputFacts, _ signing: SigningState) throws -> LedgerEntry {
        LedgerEntry(
            time: Date(), output: file.lastPathComponent, sha256: try Digest.sha256(of: file),
            looks: try Looks.frames(of: file).map { PictureHash($0) },
            target: try facts.target.map { try Consent.Document($0) }, model: facts.model,
            consents: facts.consents, marks: facts.marks, signing: signing, settings: facts.settings,
            version: Dimorph.version)
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
