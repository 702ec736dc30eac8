import Foundation

/// The bytes of a hash chain, held against other processes while somebody works with them.
struct ChainFile {
    private let url: URL

    init(_ url: URL) { self.url = url }

    /// The file while it is held.
    struct Open {
        fileprivate let url: URL
        fileprivate let descriptor: Int32
    }

    func reading<Result>(_ body: (Open) throws -> Result) throws -> Result {
        try holding(O_RDONLY, LOCK_SH, body)
    }

    /// Makes the file where there is none.
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
    /// Larger files are not read: no project has as many records.
    private static let largest = 256 << 20

    /// The complete lines, without their ends; what a killed process left of another does not count.
    func lines() throws -> [Data] {
        let data = try bytes()
        guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        return data[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { Data($0) }
    }

    /// Writes a line behind the last complete one and waits until it is on the disk.
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
