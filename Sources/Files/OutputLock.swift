import Foundation

/// The locks on the folder in which an output is produced: one for a whole run, or one per share if several runs divide the
/// work.
///
/// ```
/// gate.lock          held briefly by a run that enters or removes the folder
/// run.lock           held by a run that produces the whole output
/// share-NAME.lock    held by a run that produces a share, from start to end
/// work-NAME.lock     also held by it, once its order is known to equal that of the other shares
/// finish.lock        held by the run that joins the shares
/// ```
final class OutputLock {
    private let folder: URL
    private let what: String
    private let share: String?
    private var held: [FileLock] = []

    /// Timeout in seconds for the gate, which is held only during single calls.
    private static let gateTimeout = 30.0

    /// Creates the folder and acquires this run's lock.
    ///
    /// - Parameters:
    ///   - what: the resource for messages, such as "the output /films/anna.mp4".
    ///   - share: this run's share of the work, such as "2-of-3"; `nil` for the whole.
    /// - Throws: `FileError` (`locked` with the process that holds the lock, `notWritable`), `CancellationError`.
    init(_ folder: URL, on what: String, share: String?) throws {
        (self.folder, self.what, self.share) = (folder, what, share)
        try holdingGate {
            let run = try lock("run")
            if let share {
                held = [try lock("share-\(share)")]
            } else {
                try requireNoOther("share-")
                held = [run]
            }
        }
    }

    /// Runs `body` while no other run enters or leaves the folder. Afterwards the share is marked as working there.
    ///
    /// - Parameter body: receives a function that throws if another share works there.
    func entering(_ body: (_ requireAlone: () throws -> Void) throws -> Void) throws {
        try holdingGate {
            try body { try self.requireNoOther("work-") }
            if let share, held.count == 1 { held.append(try lock("work-\(share)")) }
        }
    }

    /// Runs `body` while no other run joins shares; waits for one that does.
    ///
    /// - Returns: `nil` if another run has finished the output and removed the folder.
    func alone<Result>(_ body: () throws -> Result) throws -> Result? {
        guard share != nil else { return try body() }
        let lock: FileLock
        do {
            lock = try FileLock.waiting(file("finish"), on: what, every: .milliseconds(100))
        } catch let error as FileError {
            guard FileSystem.isFolder(folder) else { return nil }
            throw error
        }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    /// Releases the locks.
    ///
    /// - Parameters:
    ///   - removes: whether to remove the folder with its contents.
    ///   - unlessShared: whether to keep it if another run works in it.
    func leave(removes: Bool, unlessShared: Bool) {
        defer { held = [] }
        guard removes else { return }
        do {
            try holdingGate(making: false) {
                if unlessShared { try requireNoOther("share-") }
                removeFolder()
            }
        } catch let error as FileError where error.code == .locked {
            return
        } catch {
            // On a file system without locks no other run can enter either.
            if !unlessShared { removeFolder() }
        }
    }

    /// Renames the folder before removing it: from a partially removed one the next run would produce the output again.
    private func removeFolder() {
        let abandoned = TemporaryName.make(for: folder)
        let isRenamed = rename(folder.path, abandoned.path) == 0
        try? FileManager.default.removeItem(at: isRenamed ? abandoned : folder)
    }

    static func isLock(_ name: String) -> Bool { name.hasSuffix(".lock") || name.hasSuffix(".lock.owner") }
}

extension OutputLock {
    private func file(_ name: String) -> URL { folder.appending(path: "\(name).lock") }
    private func lock(_ name: String) throws -> FileLock { try FileLock(file(name), on: what) }

    private func contents() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    }

    /// Throws if a lock with this name prefix is held by another run.
    private func requireNoOther(_ prefix: String) throws {
        let own = "\(prefix)\(share ?? "").lock"
        for name in contents() where name.hasPrefix(prefix) && name.hasSuffix(".lock") && name != own {
            _ = try FileLock(folder.appending(path: name), on: what)
        }
    }

    /// - Parameter making: whether to create the folder if it does not exist.
    private func holdingGate<Result>(making: Bool = true, _ body: () throws -> Result) throws -> Result {
        let end = ContinuousClock.now + .seconds(Self.gateTimeout)
        while true {
            if making {
                // Parents are not created: one that was removed in the meantime stays removed.
                guard FileSystem.isFolder(folder.deletingLastPathComponent()) else {
                    throw FileError.writing(folder, ENOENT)
                }
                try FileSystem.makeFolder(folder)
            }
            let gate: FileLock
            do throws(FileError) { gate = try FileLock(file("gate"), on: what) } catch {
                // Another run removed it between the two calls.
                if making, !FileSystem.isFolder(folder) { continue }
                guard error.code == .locked, ContinuousClock.now < end else { throw error }
                Thread.sleep(forTimeInterval: 0.01)
                continue
            }
            defer { withExtendedLifetime(gate) {} }
            return try body()
        }
    }
}
