import Commands
import Files
import Foundation
import Media
import Pictures
import Provenance

/// Prevents outputs from overwriting files that were not made by Dimorph.
struct ExistingOutput {
    let ledger: Ledger
    /// Whether overwriting is allowed.
    let overwrites: Bool

    /// - Throws: `InputError` if the file is neither in the ledger nor declared as made by Dimorph in its metadata.
    func requireFree(_ output: URL) throws {
        guard !overwrites, FileSystem.exists(output), !FileSystem.isFolder(output) else { return }
        guard try !isOwn(output) else { return }
        throw InputError(
            "\(output.path) exists and was not made by Dimorph; choose another --output, or use --overwrite to replace it"
        )
    }

    private func isOwn(_ file: URL) throws -> Bool {
        // An empty file, such as one made by mktemp, contains nothing to lose.
        guard let size = FileIdentity(file)?.size, size > 0 else { return true }
        if isDeclared(file) { return true }
        let entries = try ledger.entries()
        guard !entries.isEmpty else { return false }
        let hash = try Digest.sha256(of: file)
        return entries.contains { $0.sha256 == hash }
    }

    /// Whether the metadata of a video declares it as made by Dimorph.
    private func isDeclared(_ file: URL) -> Bool {
        guard !PictureFile.isPicture(file), let tags = try? VideoReader(file).metadata else { return false }
        return OutputMetadata.areOwn(tags)
    }
}
