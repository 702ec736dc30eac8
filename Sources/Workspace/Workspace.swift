import Files
import Foundation

/// The project folder, which all stages share.
///
/// ```
/// dimorph.toml                 settings, editable
/// dimorph.sqlite               index: clips, faces, extraction progress, training history
/// sets/NAME/CLIP/*.png         crops
/// sets/NAME.faces.safetensors  packed copy of the set, memory-mapped by training
/// model/                       the model and its checkpoints
/// previews/                    preview sheets
/// consents.jsonl, .head        consents, as a hash chain
/// ledger.jsonl, .head          ledger of outputs, as a hash chain
/// pending/                     outputs in the ledger without their final names
/// ```
package struct Workspace: Sendable {
    package let folder: URL
    package var settings: ProjectSettings
    package let index: Index

    static let settingsName = "dimorph.toml"

    /// Opens a workspace; with `create`, creates missing folder, settings and index.
    ///
    /// - Throws: `WorkspaceError` that names the folder or file and the remedy.
    package static func open(_ folder: URL, create: Bool) throws -> Workspace {
        let settingsFile = folder.appending(path: settingsName)
        let exists = FileManager.default.fileExists(atPath: settingsFile.path)
        if !exists {
            guard create else {
                throw WorkspaceError(
                    .notFound,
                    "\(folder.path) is not a workspace (it contains no \(settingsName)); create one with `dimorph extract` or `dimorph swap`"
                )
            }
            try makeFolder(folder)
            try write(ProjectSettings().document, to: settingsFile)
        }
        let settings = try readSettings(settingsFile)
        return Workspace(
            folder: folder, settings: settings, index: try Index(at: folder.appending(path: "dimorph.sqlite"))
        )
    }

    /// Locks the workspace for writing while the returned lock exists.
    package func lock(shared: Bool = false) throws -> FileLock {
        let lock = try FileLock(
            folder.appending(path: ".lock"), shared: shared, on: "the workspace \(folder.path)")
        if !shared { collectTemporaryFiles() }
        return lock
    }

    /// Runs `body` with exclusive access to the workspace.
    package func locked<Result>(_ body: () throws -> Result) throws -> Result {
        let lock = try lock()
        return try namingLoss(under: lock, body)
    }

    /// Runs `body` and reports errors caused by the removal of the folder as such.
    ///
    /// - Parameter lock: lock of this process; `nil` if another process holds it on behalf of this one.
    package func namingLoss<Result>(under lock: FileLock?, _ body: () throws -> Result) throws -> Result {
        do { return try withExtendedLifetime(lock, body) } catch {
            let isGone = lock?.isLost ?? !FileSystem.isFolder(folder)
            guard isGone, !(error is CancellationError) else { throw error }
            throw WorkspaceError(
                .unwritable,
                "the workspace \(folder.path) was removed, renamed or unmounted while this command was running; restore it "
                    + "and run the same command again", cause: error)
        }
    }

    /// Removes temporary files of processes that were killed while writing.
    private func collectTemporaryFiles() {
        func folders(in folder: URL) -> [URL] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.map { folder.appending(path: $0) }.filter(FileSystem.isFolder)
        }
        let sets = folders(in: setsFolder)
        let places =
            [folder, setsFolder, previewsFolder, modelFolder, modelFolder.appending(path: "snapshots")]
            + sets + sets.flatMap(folders)
        for place in places { TemporaryName.collect(in: place) }
    }

    package var setsFolder: URL { folder.appending(path: "sets", directoryHint: .isDirectory) }

    /// Folder of a set's crops, with one subfolder per clip.
    package func cropsFolder(set: String) -> URL {
        setsFolder.appending(path: set, directoryHint: .isDirectory)
    }

    /// URL of a crop or mask from its path in the index. All accesses to such files use this function.
    ///
    /// - Throws: `FileError` `outsideFolder` if the path leaves the set's folder, directly or through a link.
    package func file(_ path: String, ofSet set: String) throws -> URL {
        try cropsFolder(set: set).contained(path)
    }

    /// Whether a path stays below its folder lexically, without resolving links.
    static func isBelow(_ path: String) -> Bool {
        !path.isEmpty && !path.utf8.contains(0)
            && path.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// Name of the subfolder with imported and refined masks.
    package static let masksName = "masks"

    /// The packed copy of a set.
    package func packed(set: String) -> URL { setsFolder.appending(path: set + Self.packedEnding) }

    package var modelFolder: URL { folder.appending(path: "model", directoryHint: .isDirectory) }
    /// The model used for conversion.
    package var modelFile: URL { modelFolder.appending(path: "model.safetensors") }
    /// The model with the best validation score.
    package var bestModelFile: URL { modelFolder.appending(path: "best.safetensors") }
    /// The training checkpoint, which also serves as a model.
    package var checkpointFile: URL { modelFolder.appending(path: "checkpoint.safetensors") }
    /// The model, or the checkpoint if training was killed before writing a model.
    package var newestModel: URL {
        let files = FileManager.default
        let onlyCheckpoint =
            !files.fileExists(atPath: modelFile.path) && files.fileExists(atPath: checkpointFile.path)
        return onlyCheckpoint ? checkpointFile : modelFile
    }
    /// Creating this file ends a running training.
    package var stopFile: URL { folder.appending(path: "stop") }
    package var previewsFolder: URL { folder.appending(path: "previews", directoryHint: .isDirectory) }
    /// The newest preview sheet.
    package var newestPreview: URL { previewsFolder.appending(path: "newest.png") }

    /// Creates a folder and its parents; throws `WorkspaceError`.
    package static func makeFolder(_ folder: URL) throws {
        try FileSystem.makeFolder(folder)
    }

    /// Throws for set names that leave the workspace, are not portable, or collide with the packed copy of another set.
    package static func checkSetName(_ name: String) throws {
        guard isSetName(name) else {
            throw WorkspaceError(
                .settings,
                "'\(name)' is not a valid set name: use letters, digits, '-', '_' and '.', at most 64")
        }
        guard !name.lowercased().hasSuffix(packedEnding) else {
            throw WorkspaceError(
                .settings,
                "'\(name)' is not a valid set name: it is the name of the packed copy of the set "
                    + "'\(name.dropLast(packedEnding.count))'; choose a name that does not end in \(packedEnding)"
            )
        }
    }

    /// File name suffix of packed copies.
    private static let packedEnding = ".faces.safetensors"

    /// Whether a name is safe as a folder name.
    static func isSetName(_ name: String) -> Bool {
        name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
            && !name.isEmpty && name.count <= 64 && !name.hasPrefix(".")
    }

    private static func readSettings(_ file: URL) throws -> ProjectSettings {
        let text: String
        do {
            let data = try Data(contentsOf: file)
            guard data.count <= 1 << 20 else {
                throw WorkspaceError(
                    .damaged, "\(file.path) is larger than the limit for settings files (1 MB)")
            }
            text = String(decoding: data, as: UTF8.self)
        } catch let error as WorkspaceError {
            throw error
        } catch {
            throw WorkspaceError(.damaged, "\(file.path) cannot be read", cause: error)
        }
        return try ProjectSettings(document: text, name: file.path)
    }

    private static func write(_ text: String, to file: URL) throws {
        try DurableFile.write(Data(text.utf8), to: file)
    }
}
