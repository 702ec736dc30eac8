import Files
import Foundation
import Workspace

/// A folder that is written under a temporary name and renamed when complete.
struct AsideFolder {
    private let target: URL
    /// The temporary folder to write to.
    let url: URL

    /// - Throws: `CurationError` if the target exists, `WorkspaceError` if it cannot be written.
    init(_ target: URL) throws {
        self.target = target
        let files = FileManager.default
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: target.path, isDirectory: &isFolder) {
            guard isFolder.boolValue, (try? files.contentsOfDirectory(atPath: target.path).isEmpty) == true
            else {
                throw CurationError(
                    .exchange, "\(target.path) already exists and is not an empty folder; specify a new one")
            }
        }
        TemporaryName.collect(in: target.standardizedFileURL.deletingLastPathComponent())
        url = TemporaryName.make(for: target.standardizedFileURL)
        try Workspace.makeFolder(url)
    }

    func commit() throws {
        // An empty folder is replaced.
        try FileSystem.rename(url, to: target)
    }

    func discard() { try? FileManager.default.removeItem(at: url) }

    /// Writes a folder with `body` and renames it to its final name; removes it on errors.
    static func fill(_ target: URL, _ body: (URL) throws -> Void) throws {
        let folder = try AsideFolder(target)
        do {
            try body(folder.url)
            try folder.commit()
        } catch {
            folder.discard()
            throw error
        }
    }
}
