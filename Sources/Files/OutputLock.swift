import Foundation

/// The locks on the folder in which an output is made: one for a whole run, or one for each share where several runs
/// divide the work.
///
/// ```
/// gate.lock          held for a moment by a run that enters the folder or removes it
/// run.lock           held by a run that makes the whole output
/// share-NAME.lock    held by a run that makes a share, from its start to its end
/// work-NAME.lock     held by it, too, once it is known to make the same output as the others
/// finish.lock        held by the run that puts the shares together
/// ```
final class OutputLock {
    private let folder: URL
    private let what: String
    private let share: String?
    private var held: [FileLock] = []

    /// Seconds for which the gate may be held by others: it guards single calls.
    private static let patience = 30.0

    /// Makes the folder and takes the lock of this run.
    ///
    /// - Parameters:
    ///   - what: is worked on, for messages, such as "the output /films/anna.mp4".
    ///   - share: this run's share of the work, such as "2-of-3"; nil for all of it.
    /// - Throws: `FileError` `locked`, which names the process that works there; `notWritable`; `CancellationError`.
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

    /// Does something while no other run enters or leaves the folder. A share is known to work there from then on.
    ///
    /// - Parameter body: is given a function that throws where another share works there.
    func entering(_ body: (_ requireAlone: () throws -> Void) throws -> Void) throws {
        try holdingGate {
            try body { try self.requireNoOther("work-") }
            if let share, held.count == 1 { held.append(try lock("work-\(share)")) }
        }
    }

    /// Does something while no other run puts shares together; waits for one that does.
    ///
    /// - Returns: nil if another run has finished the output and removed the folder.
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

    /// Gives the locks back.
    ///
    /// - Parameters:
    ///   - removes: whether the folder goes, with what is in it.
    ///   - unlessShared: whether it stays all the same where another run works in it.
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
            // On a disk that takes no lock no other run can enter either.
            if !unlessShared { removeFolder() }
        }
    }

    /// Under its name the folder is whole or gone: from half of one the next run would make the output a second time.
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

    /// Throws where a lock whose name begins like this is held by another run.
    private func requireNoOther(_ prefix: String) throws {
        let own = "\(prefix)\(share ?? "").lock"
        for name in contents() where name.hasPrefix(prefix) && name.hasSuffix(".lock") && name != own {
            _ = try FileLock(folder.appending(path: name), on: what)
        }
    }

    /// - Parameter making: whether the folder is made where there is none.
    private func holdingGate<Result>(making: Bool = true, _ body: () throws -> Result) throws -> Result {
        let end = ContinuousClock.now + .seconds(Self.patience)
        while true {
            if making {
                // Not those above it: one that was removed meanwhile is not made again.
                guard FileSystem.isFolder(folder.deletingLastPathComponent()) else {
                    throw FileError.writing(folder, ENOENT)
                }
                try FileSystem.makeFolder(folder)
            }
            let gate: FileLock
            do throws(FileError) { gate = try FileLock(file("gate"), on: what) } catch {
                // Removed by another run between the two calls.
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
