import Files
import Foundation

/// The folder on disk where the stages of one project meet.
///
/// ```
/// dimorph.toml                 settings, for people to change
/// dimorph.sqlite               index: clips, faces, how far extraction came
/// sets/NAME/CLIP/*.png         crops, for people to look at
/// sets/NAME.faces.safetensors  the set's packed copy, which training maps into memory
/// model/                       the model and its checkpoints
/// previews/                    preview sheets
/// consents.jsonl, .head        who allows the use of the faces, as a hash chain
/// ledger.jsonl, .head          what was made here, as a hash chain
/// pending/                     which outputs in the ledger have no name yet
/// ```
package struct Workspace: Sendable {
    package let folder: URL
    package var settings: ProjectSettings
    package let index: Index

    static let settingsName = "dimorph.toml"

    /// Opens a workspace; with `create`, makes folder, settings and index where they are missing.
    ///
    /// - Throws: `WorkspaceError` that names the folder or file and the remedy.
    package static func open(_ folder: URL, create: Bool) throws -> Workspace {
        let settingsFile = folder.appending(path: settingsName)
        let exists = FileManager.default.fileExists(atPath: settingsFile.path)
        if !exists {
            guard create else {
                throw WorkspaceError(
                    .notFound,
                    "\(folder.path) is no workspace (no \(settingsName) in it); `dimorph extract` or `dimorph swap` make one"
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

    /// Holds the workspace for writing as long as the result lives.
    package func lock(shared: Bool = false) throws -> FileLock {
        let lock = try FileLock(
            folder.appending(path: ".lock"), shared: shared, on: "the workspace \(folder.path)")
        if !shared { collectTemporaryFiles() }
        return lock
    }

    /// Works in the workspace as the only process.
    package func locked<Result>(_ body: () throws -> Result) throws -> Result {
        let lock = try lock()
        return try namingLoss(under: lock, body)
    }

    /// Works in the workspace: where that fails because the folder went away meanwhile, the error says so.
    ///
    /// - Parameter lock: what this process holds of the workspace; nil where another process holds it for this one.
    package func namingLoss<Result>(under lock: FileLock?, _ body: () throws -> Result) throws -> Result {
        do { return try withExtendedLifetime(lock, body) } catch {
            let isGone = lock?.isLost ?? !FileSystem.isFolder(folder)
            guard isGone, !(error is CancellationError) else { throw error }
            throw WorkspaceError(
                .unwritable,
                "the workspace \(folder.path) was removed, renamed or unmounted while this command worked in it; put it back "
                    + "and run the same command again", cause: error)
        }
    }

    /// Removes the temporary files of processes that ended while they wrote.
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

    /// Where a set's crops lie, in one folder a clip.
    package func cropsFolder(set: String) -> URL {
        setsFolder.appending(path: set, directoryHint: .isDirectory)
    }

    /// Where a file of a set lies whose path the index names: its crop or its mask. The one way from such a path to a file.
    ///
    /// - Throws: `FileError` `outsideFolder` for a path that leaves the set's folder, by itself or by a link.
    package func file(_ path: String, ofSet set: String) throws -> URL {
        try cropsFolder(set: set).contained(path)
    }

    /// Whether a path stays below its folder as it is written; links are another matter.
    static func isBelow(_ path: String) -> Bool {
        !path.isEmpty && !path.utf8.contains(0)
            && path.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }

    /// Masks that replace drawn ones; a path below the set's folder begins with this name.
    package static let masksName = "masks"

    /// A set's packed copy.
    package func packed(set: String) -> URL { setsFolder.appending(path: set + Self.packedEnding) }

    package var modelFolder: URL { folder.appending(path: "model", directoryHint: .isDirectory) }
    /// The model that swapping uses.
    package var modelFile: URL { modelFolder.appending(path: "model.safetensors") }
    /// The model whose swaps were judged best while it was trained.
    package var bestModelFile: URL { modelFolder.appending(path: "best.safetensors") }
    /// Where a training's state lies, which serves as a model too.
    package var checkpointFile: URL { modelFolder.appending(path: "checkpoint.safetensors") }
    /// The model, or the checkpoint where a training was killed before it wrote one.
    package var newestModel: URL {
        let files = FileManager.default
        let onlyCheckpoint =
            !files.fileExists(atPath: modelFile.path) && files.fileExists(atPath: checkpointFile.path)
        return onlyCheckpoint ? checkpointFile : modelFile
    }
    /// Whoever makes this file ends the training that runs here.
    package var stopFile: URL { folder.appending(path: "stop") }
    package var previewsFolder: URL { folder.appending(path: "previews", directoryHint: .isDirectory) }
    /// The newest preview sheet of the training.
    package var newestPreview: URL { previewsFolder.appending(path: "newest.png") }

    /// Makes a folder and those above it, or says why not.
    package static func makeFolder(_ folder: URL) throws {
        try FileSystem.makeFolder(folder)
    }

    /// Refuses names that would lead out of the workspace, confuse a file system, or be another set's packed copy.
    package static func checkSetName(_ name: String) throws {
        guard isSetName(name) else {
            throw WorkspaceError(
                .settings,
                "'\(name)' cannot be a set's name: use letters, digits, '-', '_' and '.', at most 64")
        }
        guard !name.lowercased().hasSuffix(packedEnding) else {
            throw WorkspaceError(
                .settings,
                "'\(name)' cannot be a set's name: the packed copy of the set "
                    + "'\(name.dropLast(packedEnding.count))' is called so; choose a name that does not end in \(packedEnding)"
            )
        }
    }

    /// What the names of packed copies end in.
    private static let packedEnding = ".faces.safetensors"

    /// Whether a name is safe as a folder's.
    static func isSetName(_ name: String) -> Bool {
        name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
            && !name.isEmpty && name.count <= 64 && !name.hasPrefix(".")
    }

    private static func readSettings(_ file: URL) throws -> ProjectSettings {
        let text: String
        do {
            let data = try Data(contentsOf: file)
            guard data.count <= 1 << 20 else {
                throw WorkspaceError(.damaged, "\(file.path) is larger than a settings file can be (1 MB)")
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
