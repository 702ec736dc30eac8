import Foundation

/// An output that comes to its place in steps, each of which the next run of the same command finds again.
///
/// ```
/// .NAME.unfinished/
///     order.json       what decides how the output looks
///     parts/           what it is made of
///     made.EXT         the whole, and made.json, which says that it is
///     signed.EXT       the signed whole, and signed.json
///     recorded.json    the record of it is written
///     *.lock           see `OutputLock`
/// ```
///
/// A step is finished once its JSON file is there, which is written last. Nothing of this is removed before the output
/// has its name; whatever ends a run, the next one goes on behind the last finished step. Used by one thread at a time.
package final class OutputTransaction {
    package enum Step: String, Sendable, Comparable, CaseIterable {
        case made, signed, recorded
        /// The file has its name; the folder is still there.
        case published

        package static func < (a: Step, b: Step) -> Bool { a.place < b.place }
        private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The name that the output gets: a file's, or that of a folder of pictures.
    package let output: URL
    package let folder: URL
    let lock: OutputLock
    /// What had the output's name when this run began.
    private let former: FileIdentity?
    private var isOpen = true
    /// Is called, with what the step `recorded` left, once an output of another order has got its name.
    package var supersedes: (String) throws -> Void = { _ in }

    /// Opens the folder of an output, or makes it, and takes its lock.
    ///
    /// - Parameter share: the part of the work that this run does, such as "2-of-3", where several runs share it.
    /// - Throws: `FileError` `locked`, which names the process that works on this output; `notWritable`;
    ///   `CancellationError`.
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

    /// Where an output is made.
    package static func folder(of output: URL) -> URL {
        TemporaryName.hidden(beside: output, suffix: "unfinished")
    }

    package var partsFolder: URL { folder.appending(path: "parts", directoryHint: .isDirectory) }
    /// Where the whole is made.
    package var made: URL { file("made") }
    /// Where it is signed.
    package var signed: URL { file("signed") }

    private func file(_ name: String) -> URL {
        let ending = output.pathExtension
        return folder.appending(path: ending.isEmpty ? name : "\(name).\(ending)")
    }
    var orderFile: URL { folder.appending(path: "order.json") }
    func record(_ step: Step) -> URL { folder.appending(path: "\(step.rawValue).json") }

    /// A sentence that names a place in the folder, as one that names the output.
    package func naming(_ sentence: String) -> String {
        [made, signed].reduce(sentence) { $0.replacingOccurrences(of: $1.path, with: output.path) }
    }
}

extension OutputTransaction {
    /// Does something while no other run puts shares together; waits for one that does.
    ///
    /// - Returns: nil if another run has published the output.
    package func alone<Result>(_ body: () throws -> Result) throws -> Result? { try lock.alone(body) }

    /// Whether something else has the output's name than when this run began.
    package var isReplaced: Bool { FileIdentity(output) != former }

    /// Throws where the output cannot get its name.
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

    /// Gives the file of the last step the output's name.
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

    /// Gives the lock back; what was made stays, and the folder goes where nothing was.
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
