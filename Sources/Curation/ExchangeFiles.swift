import Foundation
import Workspace

/// Reads and lists files of exchange folders with size limits.
enum ExchangeFiles {
    /// - Parameter limit: maximum size in bytes; larger files are not read.
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
                "\(file.path) is larger than \(limit >> 20) MB, the maximum size; export fewer faces")
        }
        do { return try Data(contentsOf: file) } catch {
            throw CurationError(.exchange, "\(file.path) cannot be read; check its permissions", cause: error)
        }
    }

    /// The files of a folder except hidden ones, in natural sort order.
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
}
