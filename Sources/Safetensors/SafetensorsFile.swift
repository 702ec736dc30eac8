import Files
import Foundation

/// A safetensors file, mapped into memory: named arrays of numbers as plain bytes.
///
/// The format is Hugging Face's: eight bytes with the header's length, a JSON header, then the arrays without
/// gaps. Nothing in it can run. A header that does not describe the bytes behind it exactly is an error that
/// names the file.
package final class SafetensorsFile: @unchecked Sendable {
    package let url: URL
    /// Free text by key, as the writer left it.
    package let metadata: [String: String]
    private let entries: [String: Entry]
    private let mapping: Data
    private let payload: Int

    /// One array: its type, its shape and where its bytes lie in the payload.
    package struct Entry: Sendable {
        package let name: String
        package let type: SafetensorsType
        package let shape: [Int]
        let range: Range<Int>
    }

    /// Headers above this are refused: no file of ours comes near.
    static let maximumHeader = 64 << 20

    package init(mapping url: URL) throws {
        self.url = url
        mapping = try Self.map(url)
        let header = try SafetensorsFile.header(of: mapping, at: url)
        payload = 8 + header.count
        let parsed = try Header(parsing: header, payload: mapping.count - payload, at: url)
        metadata = parsed.metadata
        entries = parsed.entries
    }

    package var names: [String] { entries.keys.sorted() }

    package func contains(_ name: String) -> Bool { entries[name] != nil }

    package func entry(_ name: String) throws -> Entry {
        guard let entry = entries[name] else {
            throw SafetensorsError(
                .missing, "\(url.path) has no array called '\(name)'; restore it from a copy or make it anew")
        }
        return entry
    }

    /// The array's bytes, little-endian, row-major; valid as long as this object lives.
    package func bytes(of entry: Entry) -> UnsafeRawBufferPointer {
        mapping.withUnsafeBytes { all in
            UnsafeRawBufferPointer(
                rebasing: all[payload + entry.range.lowerBound..<payload + entry.range.upperBound])
        }
    }

    /// The array as Swift numbers of the same type, copied.
    package func values<Value: BitwiseCopyable>(_ name: String, as type: Value.Type) throws -> [Value] {
        let entry = try entry(name)
        guard MemoryLayout<Value>.size == entry.type.byteCount else {
            throw SafetensorsError(
                .damaged, "'\(name)' in \(url.path) is \(entry.type.rawValue), not \(Value.self)")
        }
        let bytes = bytes(of: entry)
        return [Value](unsafeUninitializedCapacity: bytes.count / MemoryLayout<Value>.size) { buffer, count in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
            count = bytes.count / MemoryLayout<Value>.size
        }
    }

    /// Lets go of the pages that were read: what is read again comes from the file. For who goes through a file that may be
    /// larger than the memory from end to end. A hint only: contents never change by it.
    package func releasePages() {
        #if os(Linux)
            // MADV_PAGEOUT of <linux/mman.h>, since 5.4; older kernels refuse, and keep the pages.
            _ = mapping.withUnsafeBytes { all in
                all.baseAddress.map { madvise(UnsafeMutableRawPointer(mutating: $0), all.count, 21) }
            }
        #endif
    }

    /// Maps a file into memory, read-only.
    ///
    /// - Throws: `SafetensorsError` `outOfMemory` where the address space has no room for it, `unreadable`.
    private static func map(_ url: URL) throws -> Data {
        func failure(_ number: Int32) -> SafetensorsError {
            if number == ENOMEM {
                return SafetensorsError(.outOfMemory, OutOfMemoryError("to read \(url.path)").description)
            }
            let cause = POSIXErrorCode(rawValue: number).map { POSIXError($0) }
            return SafetensorsError(.unreadable, "\(url.path) cannot be read", cause: cause)
        }
        // Opening a pipe would wait for its writer.
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure(status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        let count = Int(status.st_size)
        guard count > 0 else { return Data() }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw failure(errno)
        }
        return Data(bytesNoCopy: start, count: count, deallocator: .unmap)
    }

    private static func header(of data: Data, at url: URL) throws -> Data {
        let damaged = SafetensorsError(
            .damaged,
            "\(url.path) is cut off or not a safetensors file; restore it from a copy or make it anew")
        guard data.count >= 8 else { throw damaged }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(maximumHeader), 8 + Int(length) <= data.count else { throw damaged }
        return data.subdata(in: 8..<8 + Int(length))
    }
}
