import CFFmpeg
import Foundation

/// The missing end of a truncated file, according to its index.
struct Truncation: Equatable {
    /// Video frames whose data is complete; `nil` if the container has no frame index.
    var readableFrames: Int?
    /// Video frames in the index.
    var listedFrames: Int?

    /// - Returns: `nil` for a complete file, or for a container from which truncation cannot be determined.
    init?(of file: InputFile, stream: UnsafeMutablePointer<AVStream>) {
        let size = fileSize(file.url)
        if file.container.hasPrefix("mov") {
            let count = avformat_index_get_entries_count(stream)
            var complete = 0
            for index in 0..<count {
                guard let entry = avformat_index_get_entry(stream, index) else { continue }
                if entry.pointee.pos <= size - Int64(entry.pointee.size) { complete += 1 }
            }
            guard complete < Int(count) else { return nil }
            (readableFrames, listedFrames) = (complete, Int(count))
        } else if file.container.hasPrefix("matroska") {
            guard let end = Self.matroskaEnd(file.url), end > size else { return nil }
        } else {
            return nil
        }
    }

    /// Whether the file starts like an MP4 or MOV but has no top-level `moov` box.
    static func lacksIndex(_ url: URL) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: url) else { return false }
        defer { try? handle.close() }
        let size = UInt64(fileSize(url))
        var position: UInt64 = 0
        var isFirst = true
        while position + 8 <= size {
            guard (try? handle.seek(toOffset: position)) != nil, let header = try? handle.read(upToCount: 16),
                header.count >= 8
            else { return false }
            let kind = String(decoding: header[4..<8], as: UTF8.self)
            if isFirst, kind != "ftyp" { return false }
            if kind == "moov" { return false }
            isFirst = false
            var length = UInt64(header.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
            if length == 1, header.count == 16 { length = header[8..<16].reduce(0) { $0 << 8 | UInt64($1) } }
            guard length >= 8, length < UInt64(Int64.max) else { return true }
            position += length
        }
        return !isFirst
    }

    /// End of a Matroska file's segment; `nil` if its size is unknown (live recordings).
    private static func matroskaEnd(_ url: URL) -> Int64? {
        guard let handle = try? FileHandle(forReadingFrom: url), let head = try? handle.read(upToCount: 4096)
        else {
            return nil
        }
        try? handle.close()
        let bytes = [UInt8](head)
        // EBML header, optional `Void` elements, then the segment: each an ID, a size and content.
        var position = 0
        while position + 12 <= bytes.count {
            let idLength = bytes[position].leadingZeroBitCount + 1
            guard idLength <= 4 else { return nil }
            let isSegment = Array(bytes[position..<position + idLength]) == [0x18, 0x53, 0x80, 0x67]
            position += idLength
            let sizeLength = bytes[position].leadingZeroBitCount + 1
            guard sizeLength <= 8, position + sizeLength <= bytes.count else { return nil }
            var size = Int64(bytes[position]) & ((1 << (8 - sizeLength)) - 1)
            for byte in bytes[position + 1..<position + sizeLength] { size = size << 8 | Int64(byte) }
            let isUnknown = size == (1 << (7 * sizeLength)) - 1
            position += sizeLength
            if isSegment { return isUnknown ? nil : Int64(position) + size }
            guard !isUnknown, size < 4096 else { return nil }
            position += Int(size)
        }
        return nil
    }
}
