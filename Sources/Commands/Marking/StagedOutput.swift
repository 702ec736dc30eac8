import Foundation

/// An output that is made under its own name in a folder beside its place, and comes to it when it is marked and signed.
package struct StagedOutput {
    private let output: URL
    private let folder: URL
    /// Where it is made.
    package let file: URL

    package init(_ output: URL) throws {
        self.init(naming: output)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw InputError(
                "\(output.path) cannot be written (\(error.localizedDescription)); choose another --output")
        }
    }

    private init(naming output: URL) {
        self.output = output
        folder = output.deletingLastPathComponent().appending(
            path: ".\(output.lastPathComponent).unfinished", directoryHint: .isDirectory)
        file = folder.appending(path: output.lastPathComponent)
    }

    /// A sentence that speaks of the place where an output was made, as one that speaks of the output.
    package static func naming(_ output: URL, in sentence: String) -> String {
        sentence.replacingOccurrences(of: StagedOutput(naming: output).file.path, with: output.path)
    }

    /// Works on the complete file while no other run does; not where there is none, or another run has put it in its place.
    package func alone(_ body: () throws -> Void) throws {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
        guard FileManager.default.fileExists(atPath: file.path) else {
            rmdir(folder.path)
            return
        }
        do { try body() } catch {
            unlink(file.path)
            throw error
        }
    }

    /// Puts the output in its place.
    package func commit() throws {
        guard rename(file.path, output.path) == 0 else {
            throw InputError(
                "\(output.path) cannot be written (\(String(cString: strerror(errno)))); choose another --output"
            )
        }
        rmdir(folder.path)
    }

    /// Removes the folder; what a stage has left in it to go on with stays.
    package func discard() { rmdir(folder.path) }
}
