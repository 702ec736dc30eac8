import Foundation

/// The file of a hash chain, locked against other processes during access.
struct ChainFile {
    private let url: URL

    init(_ url: URL) { self.url = url }

    /// The open, locked file.
    struct Open {
        fileprivate let url: URL
        fileprivate let descriptor: Int32
    }

    func reading<Result>(_ body: (Open) throws -> Result) throws -> Result {
        try holding(O_RDONLY, LOCK_SH, body)
    }

    /// Creates the file if it does not exist.
    func writing<Result>(_ body: (Open) throws -> Result) throws -> Result {
        try holding(O_RDWR | O_CREAT, LOCK_EX, body)
    }

    private func holding<Result>(
        _ flags: Int32, _ lock: Int32, _ body: (Open) throws -> Result
    ) throws -> Result {
        let descriptor = open(url.path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Open.failure(url, writing: flags != O_RDONLY) }
        defer { close(descriptor) }
        while flock(descriptor, lock) != 0 {
            guard errno == EINTR else { throw Open.failure(url, writing: flags != O_RDONLY) }
        }
        return try body(Open(url: url, descriptor: descriptor))
    }
}

extension ChainFile.Open {
    /// Maximum file size in bytes, beyond the records of any project.
    private static let largest = 256 << 20

    /// The complete lines, without line ends; ignores an incomplete last line left by a killed process.
    func lines() throws -> [Data] {
        let data = try bytes()
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        return data[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { Data($0) }
    }

    /// Appends a line after the last complete one and syncs the file.
    func append(_ line: Data) throws {
        let data = try bytes()
        let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let whole = line + Data("\n".utf8)
        guard ftruncate(descriptor, off_t(end)) == 0,
            whole.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, off_t(end)) })
                == whole.count,
            fsync(descriptor) == 0
        else {
            let failure = Self.failure(url, writing: true)
            ftruncate(descriptor, off_t(end))
            throw failure
        }
    }

    private func bytes() throws -> Data {
        do {
            let data = try Data(contentsOf: url)
            guard data.count <= Self.largest else {
                throw ProvenanceError(.unreadable, "\(url.path) is larger than records can be (256 MB)")
            }
            return data
        } catch let error as ProvenanceError {
            throw error
        } catch {
            throw ProvenanceError(
                .unreadable, "\(url.path) cannot be read; check its permissions", cause: error)
        }
    }

    fileprivate static func failure(_ url: URL, writing: Bool) -> ProvenanceError {
        ProvenanceError(
            writing ? .unwritable : .unreadable,
            "\(url.path) cannot be \(writing ? "written" : "read") (\(String(cString: strerror(errno)))); "
                + "check the folder and its permissions")
    }
}
