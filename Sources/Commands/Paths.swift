import Foundation

/// Checks of command-line paths before long work starts.
package enum Paths {
    /// Checks that a file can be written: its folder exists and is writable.
    package static func checkOutput(_ path: String, option: String = "--output") throws -> URL {
        let url = URL(filePath: path)
        let folder = url.deletingLastPathComponent()
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
            throw InputError("\(path) is a folder; name a file in it")
        }
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw InputError(
                "\(folder.path): there is no such folder; make it first, or choose another \(option)")
        }
        // Permissions are not sufficient (root, read-only disks, quotas): create a file.
        let probe = folder.appending(path: ".dimorph-\(ProcessInfo.processInfo.processIdentifier).tmp")
        let descriptor = open(probe.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw InputError(
                "\(folder.path) cannot be written to (\(String(cString: strerror(errno)))); choose another \(option)"
            )
        }
        close(descriptor)
        unlink(probe.path)
        return url
    }
}
