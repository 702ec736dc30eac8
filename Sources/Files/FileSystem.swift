import CSystem
import Foundation

/// File system operations that are durable when they return; errors name the file.
package enum FileSystem {
    /// Renames a file or folder, replacing the target, and syncs both parent folders.
    package static func rename(_ file: URL, to target: URL) throws(FileError) {
        guard Foundation.rename(file.path, target.path) == 0 else { throw .writing(target) }
        let folder = target.deletingLastPathComponent()
        try sync(folder: folder)
        let former = file.deletingLastPathComponent()
        if former.standardizedFileURL.path != folder.standardizedFileURL.path { try sync(folder: former) }
    }

    /// Creates a hard link, replacing the target; copies the file if the file system has no hard links.
    package static func link(_ file: URL, as name: URL) throws(FileError) {
        let temporary = TemporaryName.make(for: name)
        guard Foundation.link(file.path, temporary.path) == 0 else {
            guard [EPERM, ENOTSUP, EMLINK, EXDEV, ENOSYS].contains(errno) else { throw .writing(name) }
            return try copy(file, to: name)
        }
        // If both names are the same inode, rename(2) does nothing and leaves the temporary name.
        defer { unlink(temporary.path) }
        try rename(temporary, to: name)
    }

    /// Copies a file's content (of a symbolic link, its target's), replacing the target.
    package static func copy(_ file: URL, to target: URL) throws(FileError) {
        let source = open(file.path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw .reading(file) }
        defer { close(source) }
        let copy = try DurableFile(replacing: target)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .reading(file) }
            if count == 0 { break }
            try copy.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try copy.commit()
    }

    /// Removes a file; no error if it does not exist.
    package static func remove(_ file: URL) throws(FileError) {
        guard unlink(file.path) == 0 || errno == ENOENT else { throw .writing(file) }
    }

    /// Creates a folder and its missing parents.
    package static func makeFolder(_ folder: URL, permissions: mode_t = 0o755) throws(FileError) {
        if mkdir(folder.path, permissions) == 0 {
            return try sync(folder: folder.deletingLastPathComponent())
        }
        switch errno {
        case EEXIST where isFolder(folder): return
        case EEXIST:
            throw FileError(.notWritable, "\(folder.path) is a file, not a folder; choose another name")
        case ENOENT where folder.pathComponents.count > 1:
            try makeFolder(folder.deletingLastPathComponent(), permissions: permissions)
            guard mkdir(folder.path, permissions) == 0 || (errno == EEXIST && isFolder(folder)) else {
                throw .writing(folder)
            }
        default: throw .writing(folder)
        }
    }

    package static func isFolder(_ url: URL) -> Bool {
        var status = stat()
        return stat(url.path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package static func exists(_ url: URL) -> Bool { access(url.path, F_OK) == 0 }

    /// Syncs a folder's entries. Ignores file systems that cannot sync folders.
    package static func sync(folder: URL) throws(FileError) {
        let path = folder.path.isEmpty ? "." : folder.path
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder with write permission but without read permission can still receive files.
        guard descriptor >= 0 else {
            if errno == EACCES { return }
            throw .writing(folder)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || [EINVAL, EROFS, ENOTSUP].contains(errno) else {
            throw .writing(folder)
        }
    }

    /// Syncs files that were written without syncing, and their folder entries.
    ///
    /// On Linux, syncs the whole file system: one call instead of two per file.
    package static func sync(all files: [URL]) throws(FileError) {
        guard let first = files.first else { return }
        #if os(Linux)
            let descriptor = open(first.path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .writing(first) }
            defer { close(descriptor) }
            guard csystem_sync_file_system(descriptor) == 0 else { throw .writing(first) }
        #else
            for file in files { try sync(file) }
            for folder in Set(files.map { $0.deletingLastPathComponent() }) { try sync(folder: folder) }
        #endif
    }

    /// Syncs a file's data, including data written by other processes or libraries.
    package static func sync(_ file: URL) throws(FileError) {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .writing(file) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .writing(file) }
    }
}
