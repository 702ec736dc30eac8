import Foundation

extension URL {
    /// Resolves a relative path read from a file, which must stay inside this folder after following symbolic links.
    ///
    /// - Throws: `FileError` (`outsideFolder`) for an absolute path, a path with `..` or a symbolic link out of the folder, an
    ///   empty path, and a path with a null character.
    package func contained(_ path: String) throws(FileError) -> URL {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !path.hasPrefix("/"), !path.utf8.contains(0),
            !components.contains(where: { $0 == ".." || $0 == "." || $0.isEmpty })
        else { throw outside(path) }
        let url = appending(path: path)
        guard let base = Self.real(self.path) else { return url }
        // Symbolic links are resolved for the deepest existing component.
        var existing = url
        while existing.pathComponents.count > pathComponents.count {
            if let real = Self.real(existing.path) {
                guard real == base || real.hasPrefix(base == "/" ? base : base + "/") else {
                    throw outside(path)
                }
                return url
            }
            // A dangling symbolic link would be followed when a file is created at this path.
            var status = stat()
            if lstat(existing.path, &status) == 0 { throw outside(path) }
            existing.deleteLastPathComponent()
        }
        return url
    }

    private func outside(_ path: String) -> FileError {
        FileError(
            .outsideFolder,
            "'\(path)' is not a path inside \(self.path): it is not used; restore the file that names it from a copy"
        )
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
