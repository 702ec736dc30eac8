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
                guard !facts.isUnchanged else {
                    try staged.commit()
                    return tellUnchanged(output)
                }
                let begun = ContinuousClock.now
                let signing = signer.sign(staged.file, named: output, facts)
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

    /// Has numbered pictures made, signs each and enters them in the ledger as one output. Until all is done their folder is
    /// not there, or empty.
    ///
    /// - Parameter make: makes the pictures by the pattern that it is given.
    func publish<Result>(
        _ sequence: PictureSequence, _ facts: (Result) -> OutputFacts, make: (URL) throws -> Result
    ) throws -> Result {
        _ = try ledger.entries()
        let staged = try StagedOutput(sequence.folder)
        do {
            try FileManager.default.createDirectory(at: staged.file, withIntermediateDirectories: true)
            // Pictures that a run has left that was broken off; its parts are hidden, and may be gone on with.
            for name in try FileManager.default.contentsOfDirectory(atPath: staged.file.path)
            where !name.hasPrefix(".") {
                try FileManager.default.removeItem(at: staged.file.appending(path: name))
            }
            guard let inside = sequence.moved(to: staged.file) else {
                throw InputError(
                    "\(sequence.url.path) is no pattern of pictures; use one such as shots/%05d.png")
            }
            let result = try make(inside.url)
            var facts = facts(result)
            guard !facts.isUnchanged else {
                try staged.commit()
                tellUnchanged(sequence.url)
                return result
            }
            let target = facts.target
            // Each picture for itself does not carry the whole target as its origin; the ledger names it.
            facts.target = nil
            let begun = ContinuousClock.now
            var (files, signing): ([URL], SigningState?) = ([], nil)
            while FileManager.default.fileExists(atPath: inside.file(files.count).path) {
                try Task.checkCancellation()
                let file = inside.file(files.count)
                signing = signer.sign(file, named: sequence.file(files.count), facts)
                files.append(file)
            }
            guard let signing else { throw InputError("\(sequence.url.path): there was no frame") }
            facts.target = target
            try ledger.add(entry(files, of: sequence, facts, signing))
            try staged.commit()
            tell(signing, sequence.url, seconds: (.now - begun) / .seconds(1))
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
            target: try facts.target.map { try Consent.Document($0) }, models: facts.models,
            consents: facts.consents, marks: facts.marks, signing: signing, settings: facts.settings,
            version: Version.current)
    }

    /// Of numbered pictures: the hash is that of all their hashes, one a line.
    private func entry(
        _ files: [URL], of sequence: PictureSequence, _ facts: OutputFacts, _ signing: SigningState
    ) throws -> LedgerEntry {
        let hashes = try files.map { try Digest.sha256(of: $0) }
        let looks = try (0..<Looks.count).map { place in
            let index = Int((Double(place) + 0.5) / Double(Looks.count) * Double(files.count))
            return PictureHash(try PictureFile.read(files[min(index, files.count - 1)]))
        }
        return LedgerEntry(
            time: Date(), output: "\(sequence.folder.lastPathComponent)/\(sequence.url.lastPathComponent)",
            sha256: Digest.sha256(Data(hashes.joined(separator: "\n").utf8)), looks: looks,
            target: try facts.target.map { try Consent.Document($0) }, models: facts.models,
            consents: facts.consents, marks: facts.marks, signing: signing, settings: facts.settings,
            version: Version.current)
    }

    private func tellUnchanged(_ output: URL) {
        console.say(
            "note: nobody was swapped: \(output.lastPathComponent) shows the target as it is, without label, watermark and "
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
