import Files
import Foundation

/// A memory-mapped safetensors file: named arrays as plain bytes.
///
/// The format is Hugging Face's: the header's length in eight bytes, a JSON header, then the arrays without gaps. It contains
/// no code. A header that does not match the bytes after it exactly is an error that names the file.
package final class SafetensorsFile: @unchecked Sendable {
    package let url: URL
    /// Text by key, as stored by the writer.
    package let metadata: [String: String]
    private let entries: [String: Entry]
    private let mapping: Data
    private let payload: Int

    /// An array's type, shape and byte range in the payload.
    package struct Entry: Sendable {
        package let name: String
        package let type: SafetensorsType
        package let shape: [Int]
        let range: Range<Int>
    }

    /// Maximum header size in bytes, far above the headers that Dimorph writes.
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
                .missing, "\(url.path) has no array '\(name)'; restore it from a copy or create it again")
        }
        return entry
    }

    /// The array's bytes, little-endian, row-major; valid during this object's lifetime.
    package func bytes(of entry: Entry) -> UnsafeRawBufferPointer {
        mapping.withUnsafeBytes { all in
            UnsafeRawBufferPointer(
                rebasing: all[payload + entry.range.lowerBound..<payload + entry.range.upperBound])
        }
    }

    /// A copy of the array as Swift numbers of the same type.
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

    /// Releases the pages that were read; later reads load them from the file again. For sequential reads of a file that may be
    /// larger than the memory. A hint only: contents do not change.
    package func releasePages() {
        #if os(Linux)
            // MADV_PAGEOUT of <linux/mman.h>, since 5.4; older kernels reject it and keep the pages.
            _ = mapping.withUnsafeBytes { all in
                all.baseAddress.map { madvise(UnsafeMutableRawPointer(mutating: $0), all.count, 21) }
            }
        #endif
    }

    /// Maps a file into memory, read-only.
    ///
    /// - Throws: `SafetensorsError` (`outOfMemory` if the address space is exhausted, `unreadable`).
    private static func map(_ url: URL) throws -> Data {
        func failure(_ number: Int32) -> SafetensorsError {
            if number == ENOMEM {
                return SafetensorsError(.outOfMemory, OutOfMemoryError("to read \(url.path)").description)
            }
            let cause = POSIXErrorCode(rawValue: number).map { POSIXError($0) }
            return SafetensorsError(.unreadable, "\(url.path) cannot be read", cause: cause)
        }
        // Opening a FIFO would block until a writer opens it.
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
            "\(url.path) is cut off or not a safetensors file; restore it from a copy or create it again")
        guard data.count >= 8 else { throw damaged }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(maximumHeader), 8 + Int(length) <= data.count else { throw damaged }
        return data.subdata(in: 8..<8 + Int(length))
    }
}
