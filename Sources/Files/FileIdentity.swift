import Foundation

/// Identity and version of a file: device, inode, size and modification time.
package struct FileIdentity: Sendable, Equatable {
    package let size: Int64
    private let device: UInt64
    private let number: UInt64
    /// Seconds and nanoseconds.
    private let changed: [Int]

    /// `nil` if there is no file or folder of this name. Follows symbolic links.
    package init?(_ file: URL) {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        self.init(status)
    }

    init(_ status: stat) {
        size = Int64(status.st_size)
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
        #if canImport(Darwin)
            changed = [status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec]
        #else
            changed = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        #endif
    }
}
