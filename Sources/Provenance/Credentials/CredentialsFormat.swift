import Foundation

/// Containers that can carry Content Credentials.
enum CredentialsFormat {
    private static let types = [
        "mp4": "video/mp4", "m4v": "video/x-m4v", "mov": "video/quicktime", "avi": "video/avi",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
        "tif": "image/tiff", "tiff": "image/tiff",
    ]

    /// The type that a file's name tells; nil for one that cannot be signed.
    static func type(of file: URL) -> String? { types[file.pathExtension.lowercased()] }

    /// As `type`, and a guess for what can only be an ingredient.
    static func ingredientType(of file: URL) -> String {
        let others = ["mkv": "video/x-matroska", "webm": "video/webm", "gif": "image/gif"]
        let name = file.pathExtension.lowercased()
        return types[name] ?? others[name] ?? "application/octet-stream"
    }
}
