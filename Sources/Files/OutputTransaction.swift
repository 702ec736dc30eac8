import Foundation

/// An output produced in resumable steps; the next run of the same command continues after the last finished step.
///
/// ```
/// .NAME.unfinished/
///     order.json       the inputs and settings that determine the output
///     parts/           its parts
///     made.EXT         the joined output, and made.json, which marks it as finished
///     signed.EXT       the signed output, and signed.json
///     recorded.json    written when the output is in the ledger
///     *.lock           see `OutputLock`
/// ```
///
/// A step is finished when its JSON file exists, which is written last. Nothing is removed before the output is published
/// under its name. Not thread-safe.
package final class OutputTransaction {
    package enum Step: String, Sendable, Comparable, CaseIterable {
        case made, signed, recorded
        /// The output has its name; the folder still exists.
        case published

        package static func < (a: Step, b: Step) -> Bool { a.place < b.place }
        private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Path of the output: a file, or a folder of pictures.
    package let output: URL
    package let folder: URL
    let lock: OutputLock
    /// The file at the output's path when this run began.
    private let former: FileIdentity?
    private var isOpen = true
    /// Called after an output of another order has been published, with the result of its step `recorded`.
    package var supersedes: (String) throws -> Void = { _ in }

    /// Opens or creates the folder of an output and acquires its lock.
    ///
    /// - Parameter share: the part of the work that this run does, such as "2-of-3", if several runs share it.
    /// - Throws: `FileError` (`locked` with the process that works on this output, `notWritable`), `CancellationError`.
    package init(_ output: URL, share: String? = nil) throws {
        self.output = output
        folder = Self.folder(of: output)
        former = FileIdentity(output)
        lock = try OutputLock(folder, on: "the output \(output.path)", share: share)
        for folder in [folder, partsFolder, output.deletingLastPathComponent()] {
            TemporaryName.collect(in: folder)
        }
    }

    deinit { leave() }

    /// The folder in which an output is produced.
    package static func folder(of output: URL) -> URL {
        TemporaryName.hidden(beside: output, suffix: "unfinished")
    }

    package var partsFolder: URL { folder.appending(path: "parts", directoryHint: .isDirectory) }
    /// Path of the joined output.
    package var made: URL { file("made") }
    /// Path of the signed output.
    package var signed: URL { file("signed") }

    private func file(_ name: String) -> URL {
        let ending = output.pathExtension
        return folder.appending(path: ending.isEmpty ? name : "\(name).\(ending)")
    }
    var orderFile: URL { folder.appending(path: "order.json") }
    func record(_ step: Step) -> URL { folder.appending(path: "\(step.rawValue).json") }

    /// Replaces paths inside the folder by the output's path in a message.
    package func naming(_ sentence: String) -> String {
        [made, signed].reduce(sentence) { $0.replacingOccurrences(of: $1.path, with: output.path) }
    }
}

extension OutputTransaction {
    /// Runs `body` while no other run joins shares; waits for one that does.
    ///
    /// - Returns: `nil` if another run has published the output.
    package func alone<Result>(_ body: () throws -> Result) throws -> Result? { try lock.alone(body) }

    /// Whether the file at the output's path has changed since this run began.
    package var isReplaced: Bool { FileIdentity(output) != former }

    /// Throws if the output cannot be published at its path.
    package func requirePlace() throws(FileError) {
        guard FileSystem.isFolder(output) else { return }
        let isFolder = file.map(FileSystem.isFolder) ?? false
        let names = (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? []
        guard !isFolder || !names.isEmpty else { return }
        throw FileError(
            .notWritable,
            "\(output.path) is a folder now\(isFolder ? ", with files in it" : ""): move it away and run the same command "
                + "again; the finished output waits in \(folder.path)")
    }

    /// Renames the file of the last step to the output's path.
    package func publish() throws(FileError) {
        guard let file else {
            throw FileError(.missing, "\(output.path) is not made yet; run the same command again")
        }
        try requirePlace()
        do { try FileSystem.rename(file, to: output) } catch {
            throw FileError(
                error.code, "\(error.message); the finished output waits in \(folder.path)",
                cause: error.cause)
        }
    }

    /// Removes the folder of a published output.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        lock.leave(removes: true, unlessShared: false)
    }

    /// Releases the lock; keeps finished work, and removes the folder if it is empty.
    package func leave() {
        guard isOpen else { return }
        isOpen = false
        lock.leave(removes: step == nil && !hasParts, unlessShared: true)
    }

    private var hasParts: Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: partsFolder.path)) ?? []
        return !names.allSatisfy(OutputLock.isLock)
    }
}
