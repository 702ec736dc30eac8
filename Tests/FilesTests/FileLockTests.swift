import Foundation
import Synchronization
import Testing

@testable import Files

@Suite("file locks") struct FileLockTests {
    let file: URL

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileSystem.makeFolder(folder)
        file = folder.appending(path: ".lock")
    }

    @Test("the error names the holder, and the lock is available afterwards") func exclusive() throws {
        var lock: FileLock? = try FileLock(file, on: "the cut")
        #expect(lock != nil)
        let error = #expect(throws: FileError.self) { try FileLock(file, on: "the cut") }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process \(getpid())") == true)
        #expect(error?.message.contains("the cut") == true)
        lock = nil
        _ = try FileLock(file, on: "the cut")
    }

    @Test("shared locks coexist and exclude exclusive ones") func shared() throws {
        let locks = [try FileLock(file, shared: true, on: "x"), try FileLock(file, shared: true, on: "x")]
        #expect(throws: FileError.self) { try FileLock(file, on: "x") }
        withExtendedLifetime(locks) {}
    }

    @Test("waits until the lock is released") func waits() async throws {
        var lock: FileLock? = try FileLock(file, on: "x")
        let got = Mutex(false)
        let other = Task.detached { [file] in
            let second = try FileLock.waiting(file, on: "x")
            got.withLock { $0 = true }
            withExtendedLifetime(second) {}
        }
        try await Task.sleep(for: .milliseconds(80))
        #expect(got.withLock { !$0 })
        withExtendedLifetime(lock) {}
        lock = nil
        try await other.value
        #expect(got.withLock { $0 })
    }

    @Test("a wait can be cancelled") func cancels() async throws {
        let lock = try FileLock(file, on: "x")
        let other = Task.detached { [file] in _ = try FileLock.waiting(file, on: "x") }
        other.cancel()
        await #expect(throws: CancellationError.self) { try await other.value }
        withExtendedLifetime(lock) {}
    }
}
