import Files
import Foundation
import Workspace

/// A folder that is filled beside its place and takes its name only when it is whole.
struct AsideFolder {
    private let target: URL
    /// Where to write.
    let url: URL

    /// - Throws: `CurationError` where there already is something, `WorkspaceError` where nothing can be written.
    init(_ target: URL) throws {
        self.target = target
        let files = FileManager.default
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: target.path, isDirectory: &isFolder) {
            guard isFolder.boolValue, (try? files.contentsOfDirectory(atPath: target.path).isEmpty) == true
            else {
                throw CurationError(
                    .exchange, "\(target.path) is there already and is not an empty folder; name a new one")
            }
        }
        TemporaryName.collect(in: target.standardizedFileURL.deletingLastPathComponent())
        url = TemporaryName.make(for: target.standardizedFileURL)
        try Workspace.makeFolder(url)
    }

    func commit() throws {
        // An empty folder gives way to the new one.
        try FileSystem.rename(url, to: target)
    }

    func discard() { try? FileManager.default.removeItem(at: url) }

    /// Fills a folder and puts it in its place; removes it where something goes wrong.
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
