import Foundation

/// Base names of a face's files in export folders: the crop's path below the set's folder with dashes instead of slashes,
/// such as `1-take1-000123`.
enum CropName {
    /// - Parameter file: a path such as `1-take1/000123.jpg`.
    static func stem(of file: String) -> String {
        let flat = file.replacing("/", with: "-")
        guard let dot = flat.lastIndex(of: "."), dot > flat.startIndex else { return flat }
        return String(flat[..<dot])
    }
}
