import Foundation
import Workspace

/// Files that are copied, listed and read within limits, with errors that say what to do.
enum Files {
    /// Copies what a file holds: of a link, what it leads to.
    static func copy(_ file: URL, to target: URL) throws {
        do {
            try? FileManager.default.removeItem(at: target)
            try FileManager.default.copyItem(at: file.resolvingSymlinksInPath(), to: target)
        } catch {
            let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
            throw failure(target, isFull ? ENOSPC : EIO, error)
        }
    }

    static func move(_ file: URL, to target: URL) throws {
        guard rename(file.path, target.path) == 0 else { throw failure(target, errno) }
    }

    /// - Parameter limit: bytes; a larger file is refused before it is read.
    static func read(_ file: URL, limit: Int) throws -> Data {
        let file = file.resolvingSymlinksInPath()
        let values: URLResourceValues
        do {
            values = try file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
        } catch {
            throw CurationError(.exchange, "\(file.path) cannot be read; check the path", cause: error)
        }
        guard values.isRegularFile == true else {
            throw CurationError(.exchange, "\(file.path) is not a file; check the path")
        }
        guard values.fileSize ?? 0 <= limit else {
            throw CurationError(
                .exchange,
                "\(file.path) is larger than \(limit >> 20) MB, more than is read; export fewer faces")
        }
        do { return try Data(contentsOf: file) } catch {
            throw CurationError(.exchange, "\(file.path) cannot be read; check its permissions", cause: error)
        }
    }

    /// The files of a folder, hidden ones left out, in the order in which people count.
    static func list(_ folder: URL) throws -> [URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue
        else { throw CurationError(.exchange, "\(folder.path) is not a folder; check the path") }
        do {
            return try FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: [.fileSizeKey, .isRegularFileKey],
                options: .skipsHiddenFiles
            )
            .filter {
                let file = $0.resolvingSymlinksInPath()
                return (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
            }
            .sorted {
                $0.lastPathComponent.localizedStandardCompare($1.lastPathComponent) == .orderedAscending
            }
        } catch {
            throw CurationError(
                .exchange, "\(folder.path) cannot be read; check its permissions", cause: error)
        }
    }

    static func failure(_ file: URL, _ number: Int32, _ cause: (any Error)? = nil) -> WorkspaceError {
        let isFull = number == ENOSPC || number == EDQUOT
        return WorkspaceError(
            isFull ? .diskFull : .unwritable,
            isFull
                ? "\(file.path) cannot be written: the disk is full; free some space and run again"
                : "\(file.path) cannot be written (\(String(cString: strerror(number)))); check the folder and its permissions",
            cause: cause)
    }
}
