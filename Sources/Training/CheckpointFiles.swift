import Architectures
import Files
import Foundation
import NeuralNetworks
import Safetensors
import Workspace

/// Files that a training run writes: the last checkpoints, periodic snapshots, the model for swapping, and
/// the model with the best swap score.
///
/// A checkpoint is one file, written under a temporary name, synced and renamed. Older checkpoints are
/// rotated before that, so that a complete checkpoint exists on the disk at any time.
struct CheckpointFiles {
    let folder: URL
    let keeping: CheckpointKeeping

    init(folder: URL, keeping: CheckpointKeeping = CheckpointKeeping()) {
        (self.folder, self.keeping) = (folder, keeping)
    }

    var current: URL { folder.appending(path: "checkpoint.safetensors") }
    var model: URL { folder.appending(path: "model.safetensors") }
    /// The model with the best swap score.
    var best: URL { folder.appending(path: "best.safetensors") }
    var snapshotsFolder: URL { folder.appending(path: "snapshots", directoryHint: .isDirectory) }

    /// Path to which an unreadable checkpoint is moved.
    var damaged: URL { folder.appending(path: "damaged.checkpoint.safetensors") }

    /// An earlier checkpoint, counted from 1.
    func previous(_ number: Int) -> URL {
        folder.appending(path: "checkpoint.previous\(number == 1 ? "" : ".\(number)").safetensors")
    }

    /// All checkpoints on the disk, newest first: the last ones, then snapshots.
    var all: [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let earlier = names.filter { $0.hasPrefix("checkpoint.previous") && $0.hasSuffix(".safetensors") }
        let last =
            [current] + earlier.map { folder.appending(path: $0) }.sorted { Self.rank($0) < Self.rank($1) }
        return last.filter { FileManager.default.fileExists(atPath: $0.path) } + snapshots
    }

    private static func rank(_ url: URL) -> Int {
        Int(url.lastPathComponent.split(separator: ".").dropFirst(2).first ?? "") ?? 1
    }

    /// Snapshots, newest first; they are named by iteration.
    var snapshots: [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: snapshotsFolder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") && $0.hasSuffix(".safetensors") }.sorted(by: >)
            .map { snapshotsFolder.appending(path: $0) }
    }

    /// A checkpoint to resume from.
    struct Found {
        let file: ModelFile
        /// Errors of newer checkpoints; empty if this is the newest.
        let passedOver: [ModelError]

        var card: ModelCard { file.card }

        /// Message for the user that steps are repeated, and why; `nil` if no newer checkpoint was skipped.
        var notice: String? {
            guard !passedOver.isEmpty else { return nil }
            let why = passedOver.map(\.description).joined(separator: "; ")
            return "Not the newest checkpoint: \(why). The training goes on "
                + "from the one of iteration \(card.iterations), and makes the steps after it once more"
        }
    }

    /// Finds the newest readable checkpoint; `nil` if there is none. A damaged checkpoint is skipped if an
    /// earlier one is intact; otherwise it is an error. A checkpoint that cannot be read for another reason,
    /// such as a lack of memory, is an error: an earlier one would lose training progress.
    func newest() throws -> Found? { try newest { _ in true } }

    /// The newest checkpoint with no step from `iteration` on; the earliest one if all have such steps.
    func newest(before iteration: Int) throws -> Found? {
        if let sound = try newest(where: { $0.iterations <= iteration }) { return sound }
        for url in all.reversed() {
            if let file = try Self.whole(url) { return Found(file: file, passedOver: []) }
        }
        return nil
    }

    private func newest(where isWanted: (ModelCard) -> Bool) throws -> Found? {
        var damage: [ModelError] = []
        for url in all {
            do {
                let file = try ModelFile(url)
                if isWanted(file.card) { return Found(file: file, passedOver: damage) }
            } catch let error as ModelError where error.saysOfFile {
                damage.append(error)
            }
        }
        if let first = damage.first { throw first }
        return nil
    }

    /// Model of a file; `nil` if the file is missing or damaged.
    ///
    /// - Throws: an error if the file cannot be checked, for example for a lack of memory.
    private static func whole(_ url: URL) throws -> ModelFile? {
        do { return try ModelFile(url) } catch let error as ModelError where error.saysOfFile { return nil }
    }

    /// Writes a checkpoint and rotates the previous ones.
    func save(_ content: CheckpointContent) throws {
        try makingRoom(advance)
        try makingRoom { try content.write(to: current) }
    }

    /// Writes the model for swapping: the averaged parameters only, or the parameters if averaging is off.
    ///
    /// - Parameter file: path of the model, or of the best model.
    func saveModel(_ card: ModelCard, _ averaged: ParameterStore, to file: URL) throws {
        try makingRoom {
            try SafetensorsWriter.write(
                averaged.named("average."), metadata: try ModelFile.metadata(card), to: file)
        }
    }

    /// Writes a file. If the disk is full, deletes temporary files of killed processes, then snapshots and
    /// all checkpoints but the newest intact one, oldest first.
    private func makingRoom(_ write: () throws -> Void) throws {
        while true {
            do { return try write() } catch let error as FileError where error.code == .diskFull {
                if [folder, snapshotsFolder].map(TemporaryName.collect).contains(where: { $0 > 0 }) {
                    continue
                }
                let kept = try all.first { try Self.whole($0) != nil }
                guard let kept, let least = all.last(where: { !Self.isSame($0, kept) }) else {
                    throw Self.full(error, newest: try? newest()?.card)
                }
                unlink(least.path)
            }
        }
    }

    /// Renames each checkpoint to the next older name; the newest also keeps its own name until a newer one
    /// replaces it. A damaged checkpoint replaces no other: it is moved to a name of its own.
    private func advance() throws {
        guard FileSystem.exists(current) else { return }
        guard try Self.whole(current) != nil else { return try FileSystem.rename(current, to: damaged) }
        for number in stride(from: keeping.last - 1, to: 1, by: -1) {
            guard FileSystem.exists(previous(number - 1)) else { continue }
            try FileSystem.rename(previous(number - 1), to: previous(number))
        }
        try FileSystem.link(current, as: previous(1))
        for url in all
        where url.lastPathComponent.hasPrefix("checkpoint.previous") && Self.rank(url) >= keeping.last {
            unlink(url.path)
        }
    }

    /// Keeps the newest checkpoint as a snapshot. It is a hard link, which takes no space until a newer
    /// checkpoint is written.
    func takeSnapshot(iterations: Int) throws {
        guard keeping.snapshots > 0 else { return }
        try Workspace.makeFolder(snapshotsFolder)
        try FileSystem.link(
            current, as: snapshotsFolder.appending(path: String(format: "%09d.safetensors", iterations)))
        for url in snapshots.dropFirst(keeping.snapshots) { unlink(url.path) }
    }

    /// Deletes checkpoints from an iteration on, after training diverged.
    func remove(after iteration: Int) throws {
        for url in all {
            guard let file = try Self.whole(url), file.card.iterations > iteration else { continue }
            unlink(url.path)
        }
    }

    /// Card of the best model so far; `nil` if no intact one exists.
    func bestCard() throws -> ModelCard? { try Self.whole(best)?.card }

    private static func isSame(_ a: URL, _ b: URL) -> Bool {
        func number(_ url: URL) -> UInt64? {
            var status = stat()
            return stat(url.path, &status) == 0 ? UInt64(status.st_ino) : nil
        }
        return number(a) == number(b)
    }

    private static func full(_ error: FileError, newest card: ModelCard?) -> TrainingError {
        let kept = card.map {
            "; the checkpoint of iteration \($0.iterations) is whole, and the same command goes on from it"
        }
        return TrainingError(.diskFull, "The disk is full: the training stops\(kept ?? "")", cause: error)
    }
}
