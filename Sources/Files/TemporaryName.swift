import Foundation

/// Names of temporary files: `.NAME.PROCESS-COUNT@HOST.tmp` beside their target.
///
/// The name contains the writing process, so that a later run can distinguish abandoned files from files in use:
/// see `collect(in:)`.
package enum TemporaryName {
    private static let counter = Counter()
    /// Replaces process and count, so that tests have predictable names.
    @TaskLocal package static var label: String?
    private static let ending = ".tmp"
    /// Maximum name length in bytes on common file systems.
    private static let longest = 255

    /// A unique name across calls, processes and machines.
    package static func make(for target: URL) -> URL {
        let suffix = ".\(label ?? "\(getpid())-\(counter.next())")@\(host)\(ending)"
        let name = shortened(target.lastPathComponent, to: longest - suffix.utf8.count - 1)
        return target.deletingLastPathComponent().appending(path: ".\(name)\(suffix)")
    }

    /// A hidden name beside a target, derived from its name and within the name length limit.
    package static func hidden(beside target: URL, suffix: String) -> URL {
        let name = shortened(target.lastPathComponent, to: longest - suffix.utf8.count - 2)
        return target.deletingLastPathComponent().appending(path: ".\(name).\(suffix)")
    }

    /// A name beside a target, derived from its name and within the name length limit.
    package static func beside(_ target: URL, ending: String) -> URL {
        let name = shortened(target.lastPathComponent, to: longest - ending.utf8.count)
        return target.deletingLastPathComponent().appending(path: name + ending)
    }

    /// Removes temporary files and folders of dead processes of this machine.
    ///
    /// - Returns: the number of bytes freed.
    @discardableResult
    package static func collect(in folder: URL) -> Int64 {
        var freed: Int64 = 0
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where isAbandoned(name) {
            let file = folder.appending(path: name)
            var status = stat()
            guard lstat(file.path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                guard (try? FileManager.default.removeItem(at: file)) != nil else { continue }
            } else {
                guard unlink(file.path) == 0 else { continue }
            }
            freed += Int64(status.st_size)
        }
        return freed
    }

    /// Whether a name belongs to a temporary file whose process has ended. Files of other machines are kept, as their
    /// processes cannot be checked.
    static func isAbandoned(_ name: String) -> Bool {
        guard name.hasPrefix("."), name.hasSuffix(ending) else { return false }
        let stem = name.dropLast(ending.count)
        guard let last = stem.split(separator: ".").last, stem.filter({ $0 == "." }).count > 1 else {
            return false
        }
        let owner: Substring?
        if let at = last.lastIndex(of: "@") {
            guard last[last.index(after: at)...] == host else { return false }
            owner = last[..<at].split(separator: "-").first
        } else {
            // The form of earlier versions: `.NAME.PROCESS.tmp`.
            owner = last
        }
        guard let process = owner.flatMap({ pid_t($0) }), process > 0 else { return false }
        return process != getpid() && kill(process, 0) != 0 && errno == ESRCH
    }

    /// This machine's host name, with characters that are safe in file names.
    package static let host: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let name = buffer.prefix { $0 != 0 }.map { Character(UnicodeScalar(UInt8(bitPattern: $0))) }
        return String(
            String(name).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }.prefix(48))
    }()

    /// Shortens a name to at most `limit` bytes: its first bytes and a hash of the whole.
    private static func shortened(_ name: String, to limit: Int) -> String {
        guard name.utf8.count > limit else { return name }
        let digits = String(FNV1a(name.utf8).value, radix: 36)
        var short = name
        while short.utf8.count > limit - digits.utf8.count - 1 { short.removeLast() }
        return "\(short)~\(digits)"
    }

    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var value = 0

        func next() -> Int {
            lock.withLock {
                value += 1
                return value
            }
        }
    }
}
