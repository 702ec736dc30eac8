import Architectures
import Files
import Foundation
import NeuralNetworks
import Safetensors
import Workspace

/// The files that a training leaves: the last checkpoints to go on from, snapshots from hour to hour, the model for
/// swapping, and the model that swapped best.
///
/// A checkpoint is one file, written aside, synced and renamed; before that the old ones move on by one name, so that
/// at every moment a whole checkpoint lies on the disk.
struct CheckpointFiles {
    let folder: URL
    let keeping: CheckpointKeeping

    init(folder: URL, keeping: CheckpointKeeping = CheckpointKeeping()) {
        (self.folder, self.keeping) = (folder, keeping)
    }

    var current: URL { folder.appending(path: "checkpoint.safetensors") }
    var model: URL { folder.appending(path: "model.safetensors") }
    /// The model whose swaps were best.
    var best: URL { folder.appending(path: "best.safetensors") }
    var snapshotsFolder: URL { folder.appending(path: "snapshots", directoryHint: .isDirectory) }

    /// Where a checkpoint lies that could not be read.
    var damaged: URL { folder.appending(path: "damaged.checkpoint.safetensors") }

    /// A checkpoint before the current one, counted from 1.
    func previous(_ number: Int) -> URL {
        folder.appending(path: "checkpoint.previous\(number == 1 ? "" : ".\(number)").safetensors")
    }

    /// All checkpoints on the disk, the newest first: the last ones, then snapshots.
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

    /// Snapshots, the newest first; their names are their iterations.
    var snapshots: [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: snapshotsFolder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") && $0.hasSuffix(".safetensors") }.sorted(by: >)
            .map { snapshotsFolder.appending(path: $0) }
    }

    /// A checkpoint to go on from.
    struct Found {
        let file: ModelFile
        /// What is wrong with newer ones; empty where this is the newest.
        let passedOver: [ModelError]

        var card: ModelCard { file.card }

        /// What the user has to know: that steps are made once more, and why. Nil where none are.
        var notice: String? {
            guard !passedOver.isEmpty else { return nil }
            let why = passedOver.map(\.description).joined(separator: "; ")
            return "Not the newest checkpoint: \(why). The training goes on "
                + "from the one of iteration \(card.iterations), and makes the steps after it once more"
        }
    }

    /// The newest checkpoint that can be read; nil when there is none. A damaged one is passed over if an earlier
    /// one is whole, and an error otherwise. One that cannot be read for another reason, such as a lack of memory, is an
    /// error: an earlier one would lose what was trained since.
    func newest() throws -> Found? { try newest { _ in true } }

    /// The newest checkpoint that has no step from `iteration` on; where all have, the earliest one.
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

    /// A file's model; nil where there is none that is whole.
    ///
    /// - Throws: where that cannot be found out, such as for a lack of memory.
    private static func whole(_ url: URL) throws -> ModelFile? {
        do { return try ModelFile(url) } catch let error as ModelError where error.saysOfFile { return nil }
    }

    /// Writes a checkpoint; the one before it moves on.
    func save(_ content: CheckpointContent) throws {
        try makingRoom(advance)
        try makingRoom { try content.write(to: current) }
    }

    /// Writes the file that swapping uses: averaged parameters alone, or the parameters where none are averaged.
    ///
    /// - Parameter file: the model, or the best.
    func saveModel(_ card: ModelCard, _ averaged: ParameterStore, to file: URL) throws {
        try makingRoom {
            try SafetensorsWriter.write(
                averaged.named("average."), metadata: try ModelFile.metadata(card), to: file)
        }
    }

    /// Writes a file. Where the disk is full, what killed processes left half-written makes room for it, then snapshots and
    /// all checkpoints but the newest that is whole, the earliest first.
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

    /// Lets each checkpoint take the name of the one before it; the newest keeps its own, too, until a newer one
    /// takes that. A damaged one pushes none out: it is set aside under a name of its own.
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

    /// Keeps the newest checkpoint as a snapshot, which takes no room until a newer one comes.
    func takeSnapshot(iterations: Int) throws {
        guard keeping.snapshots > 0 else { return }
        try Workspace.makeFolder(snapshotsFolder)
        try FileSystem.link(
            current, as: snapshotsFolder.appending(path: String(format: "%09d.safetensors", iterations)))
        for url in snapshots.dropFirst(keeping.snapshots) { unlink(url.path) }
    }

    /// Forgets checkpoints from an iteration on, which led nowhere.
    func remove(after iteration: Int) throws {
        for url in all {
            guard let file = try Self.whole(url), file.card.iterations > iteration else { continue }
            unlink(url.path)
        }
    }

    /// The card of the best model so far; nil where none was kept that is whole.
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
