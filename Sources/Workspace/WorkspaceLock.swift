import Foundation

/// Holds a workspace for this process: a second one that wants to write learns so at once. The kernel frees it when the
/// process ends, however it ends.
package final class WorkspaceLock: Sendable {
    private let descriptor: Int32

    /// - Parameter shared: others that share it, too, may work beside this process.
    init(folder: URL, shared: Bool = false) throws {
        let path = folder.appending(path: ".lock").path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw WorkspaceError(
                .unwritable,
                "\(folder.path) cannot be written (\(String(cString: strerror(errno)))); choose another --workspace"
            )
        }
        guard flock(descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            var buffer = [UInt8](repeating: 0, count: 32)
            let count = read(descriptor, &buffer, buffer.count)
            close(descriptor)
            let owner = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
            throw WorkspaceError(
                .locked,
                "another dimorph\(owner.isEmpty ? "" : " (process \(owner))") works in \(folder.path); wait for it or stop it"
            )
        }
        let owner = Array("\(ProcessInfo.processInfo.processIdentifier)".utf8)
        ftruncate(descriptor, 0)
        _ = owner.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit { close(descriptor) }
}
