import Foundation

/// Formats that can carry Content Credentials.
///
/// Determined from a file's content, or from its extension if the content is of no known format or the file does not exist.
enum CredentialsFormat {
    private static let types = [
        "mp4": "video/mp4", "m4v": "video/x-m4v", "mov": "video/quicktime", "avi": "video/avi",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
        "tif": "image/tiff", "tiff": "image/tiff",
    ]
    /// Formats that can only be ingredients.
    private static let others = ["mkv": "video/x-matroska", "webm": "video/webm", "gif": "image/gif"]

    /// The MIME type of a file; `nil` if it cannot be signed.
    static func type(of file: URL) -> String? {
        let type = ingredientType(of: file)
        return types.values.contains(type) ? type : nil
    }

    /// As `type`, with a guess for formats that can only be ingredients.
    static func ingredientType(of file: URL) -> String {
        let name = file.pathExtension.lowercased()
        return content(of: file) ?? types[name] ?? others[name] ?? "application/octet-stream"
    }

    /// The format by magic number; `nil` if unknown.
    private static func content(of file: URL) -> String? {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 16), head.count == 16 else { return nil }
        let bytes = [UInt8](head)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        switch (text(0..<4), text(4..<8), text(8..<12)) {
        case (_, "ftyp", "qt  "): return "video/quicktime"
        case (_, "ftyp", "M4V "): return "video/x-m4v"
        case (_, "ftyp", _): return "video/mp4"
        case ("RIFF", _, "AVI "): return "video/avi"
        case ("RIFF", _, "WEBP"): return "image/webp"
        case ("GIF8", _, _): return "image/gif"
        default: break
        }
        let signatures: [([UInt8], String)] = [
            ([0x89, 0x50, 0x4E, 0x47], "image/png"), ([0xFF, 0xD8, 0xFF], "image/jpeg"),
            ([0x49, 0x49, 0x2A, 0], "image/tiff"), ([0x4D, 0x4D, 0, 0x2A], "image/tiff"),
            ([0x1A, 0x45, 0xDF, 0xA3], "video/x-matroska"),
        ]
        return signatures.first { bytes.starts(with: $0.0) }?.1
    }
}
