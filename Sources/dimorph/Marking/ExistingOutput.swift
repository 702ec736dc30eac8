import Commands
import Files
import Foundation
import Media
import Pictures
import Provenance

/// Keeps files that are not Dimorph's from being replaced by an output.
struct ExistingOutput {
    let ledger: Ledger
    /// Whether the user allows it.
    let overwrites: Bool

    /// - Throws: `InputError` for a file that is neither in the ledger nor says of itself that Dimorph made it.
    func requireFree(_ output: URL) throws {
        guard !overwrites, FileSystem.exists(output), !FileSystem.isFolder(output) else { return }
        guard try !isOwn(output) else { return }
        throw InputError(
            "\(output.path) exists and was not made by Dimorph; choose another --output, or give --overwrite to replace it"
        )
    }

    private func isOwn(_ file: URL) throws -> Bool {
        // An empty file holds nothing that could be lost, such as one made by mktemp.
        guard let size = FileIdentity(file)?.size, size > 0 else { return true }
        if says(file) { return true }
        let entries = try ledger.entries()
        guard !entries.isEmpty else { return false }
        let hash = try Digest.sha256(of: file)
        return entries.contains { $0.sha256 == hash }
    }

    /// Whether a video's metadata says that it is Dimorph's.
    private func says(_ file: URL) -> Bool {
        guard !PictureFile.isPicture(file), let tags = try? VideoReader(file).metadata else { return false }
        return OutputMetadata.areOwn(tags)
    }
}
