import Commands
import Files
import Foundation
import Media
import Pictures
import Provenance

/// The form of an output, a file or a sequence of pictures, and how it is signed and hashed.
enum OutputForm {
    case file
    case pictures(PictureSequence)

    /// The URL given by the user.
    func url(of output: URL) -> URL {
        switch self {
        case .file: output
        case .pictures(let sequence): sequence.url
        }
    }

    /// The name in the ledger.
    func name(of output: URL) -> String {
        switch self {
        case .file: output.lastPathComponent
        case .pictures(let sequence): "\(output.lastPathComponent)/\(sequence.url.lastPathComponent)"
        }
    }

    /// Signs the files in `made` and writes them to `signed`. Skips pictures that an earlier run has signed.
    ///
    /// - Throws: `ProvenanceError`; `FileError` if the signed files cannot be written; `CancellationError`.
    func sign(
        _ transaction: OutputTransaction, _ signer: OutputSigner, _ facts: OutputDescription
    ) throws -> SigningState {
        guard case .pictures(let sequence) = self else {
            return try signer.sign(
                transaction.made, to: transaction.signed, named: transaction.output, facts)
        }
        var facts = facts
        // Single pictures do not contain the whole target as an ingredient; the ledger records it.
        facts.target = nil
        try FileSystem.makeFolder(transaction.signed)
        TemporaryName.collect(in: transaction.signed)
        let (made, signed) = try (
            Self.moved(sequence, to: transaction.made), Self.moved(sequence, to: transaction.signed)
        )
        let count = Self.count(made)
        var state: SigningState?
        for number in 0..<count {
            try Task.checkCancellation()
            // The last picture is always signed, to get the signing state.
            if number < count - 1, FileSystem.exists(signed.file(number)) { continue }
            state = try signer.sign(
                made.file(number), to: signed.file(number), named: sequence.file(number), facts)
            // The reason applies to all pictures.
            if case .unsigned = state { break }
        }
        guard let state else { throw InputError("\(sequence.url.path): contains no frames") }
        return state
    }

    /// SHA-256 of the output; for numbered pictures, of the list of their hashes, one per line.
    func hash(of file: URL, in transaction: OutputTransaction) throws -> String {
        guard case .pictures(let sequence) = self else { return try Digest.sha256(of: file) }
        let pictures = try Self.moved(sequence, to: file)
        let hashes = try (0..<Self.count(pictures)).map { try Digest.sha256(of: pictures.file($0)) }
        return Digest.sha256(Data(hashes.joined(separator: "\n").utf8))
    }

    func looks(of file: URL, in transaction: OutputTransaction) throws -> [PerceptualHash] {
        guard case .pictures(let sequence) = self else {
            return try FrameSampling.frames(of: file).map { PerceptualHash($0) }
        }
        let pictures = try Self.moved(sequence, to: file)
        let count = Self.count(pictures)
        return try (0..<FrameSampling.count).map { place in
            let index = Int((Double(place) + 0.5) / Double(FrameSampling.count) * Double(count))
            return PerceptualHash(try PictureFile.read(pictures.file(min(index, count - 1))))
        }
    }

    private static func moved(_ sequence: PictureSequence, to folder: URL) throws -> PictureSequence {
        guard let moved = sequence.moved(to: folder) else {
            throw InputError(
                "\(sequence.url.path) is not a picture pattern; use one such as shots/%05d.png")
        }
        return moved
    }

    private static func count(_ sequence: PictureSequence) -> Int {
        var count = 0
        while FileSystem.exists(sequence.file(count)) { count += 1 }
        return count
    }
}
