import Files
import Foundation
import Provenance
import Workspace

/// Outputs of a workspace that are recorded in the ledger but do not have their final names yet: one file each in the
/// folder `pending`.
///
/// An unfinished output is kept in its own folder, and the next run for it renames it. If that folder was removed, the
/// ledger entry refers to a file that does not exist and is withdrawn.
struct PendingOutputs {
    private struct Pending: Codable {
        let output: String
        let sha256: String
        /// Whether the output is a folder of pictures.
        let isFolder: Bool
    }

    private let folder: URL
    private let ledger: Ledger

    init(_ workspace: Workspace) {
        folder = workspace.folder.appending(path: "pending", directoryHint: .isDirectory)
        ledger = workspace.ledger
    }

    /// Adds an output before it is recorded in the ledger.
    func add(_ output: URL, sha256: String, isFolder: Bool) throws {
        try FileSystem.makeFolder(folder)
        let path = output.standardizedFileURL.path
        try DurableFile.write(
            JSONEncoder().encode(Pending(output: path, sha256: sha256, isFolder: isFolder)),
            to: file(sha256))
    }

    /// Removes an output that has its final name.
    func remove(sha256: String) throws(FileError) {
        try FileSystem.remove(file(sha256))
        rmdir(folder.path)
    }

    /// Withdraws the ledger entries of outputs that were removed before they got their final names.
    ///
    /// - Returns: one message per withdrawn entry.
    func settle() throws -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        var sentences: [String] = []
        for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
            let file = folder.appending(path: name)
            guard let data = try? Data(contentsOf: file),
                let pending = try? JSONDecoder().decode(Pending.self, from: data)
            else { continue }
            let output = URL(filePath: pending.output)
            guard !FileSystem.exists(OutputTransaction.folder(of: output)) else { continue }
            if try !exists(pending) {
                let reason = "the finished output was removed before it got its name \(pending.output)"
                if try ledger.withdraw(pending.sha256, because: reason) {
                    sentences.append(
                        "the ledger's entry of \(output.lastPathComponent) is withdrawn: \(reason)")
                }
            }
            try remove(sha256: pending.sha256)
        }
        return sentences
    }

    /// Whether the output exists. A folder of pictures is identified by its name, because it never replaces another.
    private func exists(_ pending: Pending) throws -> Bool {
        let output = URL(filePath: pending.output)
        guard FileSystem.exists(output), FileSystem.isFolder(output) == pending.isFolder else { return false }
        return try pending.isFolder || Digest.sha256(of: output) == pending.sha256
    }

    private func file(_ sha256: String) -> URL { folder.appending(path: "\(sha256).json") }
}
