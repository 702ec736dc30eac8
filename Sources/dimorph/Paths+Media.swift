import ArgumentParser
import Commands
import Extraction
import Files
import Foundation
import Media

/// Path checks for videos and pictures.
extension Paths {
    static let containers = ["mp4", "mov", "mkv"]

    /// Checks that a video can be opened and is complete.
    static func checkVideo(_ path: String) throws -> URL {
        let url = URL(filePath: path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw InputError("\(path): no such file; check the path")
        }
        try VideoReader(url).requireComplete()
        return url
    }

    /// Checks a path of a video, a picture, or a folder or pattern of pictures.
    static func checkMaterial(_ path: String) throws -> URL {
        let url = URL(filePath: path)
        if PictureOrder.isPattern(url) { return url }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
            return url
        }
        if FileManager.default.fileExists(atPath: url.path), PictureFile.isPicture(contentsOf: url) {
            return url
        }
        return try checkVideo(path)
    }

    /// Checks that target and output are both pictures or both videos.
    static func checkTarget(_ path: String, output: String) throws -> URL {
        let url = try checkVideo(path)
        let isPicture = PictureFile.isPicture(contentsOf: url)
        guard
            isPicture == PictureFile.isPicture(URL(filePath: output))
                || PictureSequence(URL(filePath: output)) != nil
        else {
            throw InputError(
                isPicture
                    ? "\(path) is a picture; the output must be a picture as well (\(PictureFile.Format.names))"
                    : "\(path) is a video; the output must be .mp4, .mov or .mkv")
        }
        return url
    }

    /// Throws a usage error unless target and output are both pictures or both videos, and the output is not an input.
    static func validateOutput(_ path: String, target: String, inputs: [String]) throws {
        guard PictureFile.isPicture(URL(filePath: target)) else {
            return try validateOutput(path, inputs: inputs + [target])
        }
        guard PictureFile.isPicture(URL(filePath: path)) else {
            throw ValidationError(
                "--output \(path): the target is a picture; the name must have a picture extension (\(PictureFile.Format.names))."
            )
        }
        for input in inputs + [target] where same(URL(filePath: path), URL(filePath: input)) {
            throw ValidationError("--output \(path) is one of the inputs; give it another name.")
        }
    }

    /// Throws a usage error unless the output has a container's extension and is not an input.
    static func validateOutput(_ path: String, inputs: [String], option: String = "--output") throws {
        let url = URL(filePath: path)
        guard containers.contains(url.pathExtension.lowercased()) else {
            throw ValidationError("\(option) \(path): the name must end in .mp4, .mov or .mkv.")
        }
        for input in inputs where same(url, URL(filePath: input)) {
            throw ValidationError("\(option) \(path) is one of the inputs; give it another name.")
        }
    }

    /// Throws a usage error unless the name has a picture extension.
    static func validatePicture(_ path: String) throws {
        guard PictureFile.isPicture(URL(filePath: path)) else {
            throw ValidationError(
                "--output \(path): --preview writes a picture; use a name such as frame.png.")
        }
    }

    /// Checks that the folder for numbered pictures is new or empty.
    static func checkSequence(_ sequence: PictureSequence) throws -> URL {
        let folder = sequence.folder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            // It does not exist or is not a folder.
            _ = try checkOutput(folder.path)
            return sequence.url
        }
        // A transaction folder shows that the pictures are from an unfinished earlier run.
        guard names.isEmpty || FileSystem.exists(OutputTransaction.folder(of: folder)) else {
            throw InputError("\(folder.path) is not empty; choose a new folder for the pictures")
        }
        return sequence.url
    }

    private static func same(_ a: URL, _ b: URL) -> Bool {
        a.standardizedFileURL.resolvingSymlinksInPath().path
            == b.standardizedFileURL.resolvingSymlinksInPath().path
    }
}
