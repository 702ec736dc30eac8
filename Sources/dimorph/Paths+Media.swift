import ArgumentParser
import Commands
import Extraction
import Files
import Foundation
import Media

/// Checks of videos and pictures.
extension Paths {
    static let containers = ["mp4", "mov", "mkv"]

    /// A video that can be opened and is whole.
    static func checkVideo(_ path: String) throws -> URL {
        let url = URL(filePath: path)
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw InputError("\(path): no such file; check the path")
        }
        try VideoReader(url).requireComplete()
        return url
    }

    /// A video, a picture, or a folder or pattern of pictures.
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

    /// A target that fits the output: a picture gives a picture, a video a video.
    static func checkTarget(_ path: String, output: String) throws -> URL {
        let url = try checkVideo(path)
        let isPicture = PictureFile.isPicture(contentsOf: url)
        guard
            isPicture == PictureFile.isPicture(URL(filePath: output))
                || PictureSequence(URL(filePath: output)) != nil
        else {
            throw InputError(
                isPicture
                    ? "\(path) is a picture; name the output as a picture, too (\(PictureFile.Format.names))"
                    : "\(path) is a video; name the output .mp4, .mov or .mkv")
        }
        return url
    }

    /// Usage: the output of a picture is a picture, and that of a video a video; it is none of the inputs.
    static func validateOutput(_ path: String, target: String, inputs: [String]) throws {
        guard PictureFile.isPicture(URL(filePath: target)) else {
            return try validateOutput(path, inputs: inputs + [target])
        }
        guard PictureFile.isPicture(URL(filePath: path)) else {
            throw ValidationError(
                "--output \(path): the target is a picture; the name must end as one (\(PictureFile.Format.names))."
            )
        }
        for input in inputs + [target] where same(URL(filePath: path), URL(filePath: input)) {
            throw ValidationError("--output \(path) is one of the inputs; give it another name.")
        }
    }

    /// Usage: the output's name must be a container's, and none of the inputs.
    static func validateOutput(_ path: String, inputs: [String], option: String = "--output") throws {
        let url = URL(filePath: path)
        guard containers.contains(url.pathExtension.lowercased()) else {
            throw ValidationError("\(option) \(path): the name must end in .mp4, .mov or .mkv.")
        }
        for input in inputs where same(url, URL(filePath: input)) {
            throw ValidationError("\(option) \(path) is one of the inputs; give it another name.")
        }
    }

    /// Usage: the name must be a picture's.
    static func validatePicture(_ path: String) throws {
        guard PictureFile.isPicture(URL(filePath: path)) else {
            throw ValidationError(
                "--output \(path): a single frame is a picture; use a name such as frame.png.")
        }
    }

    /// A folder for numbered pictures, which is new or empty.
    static func checkSequence(_ sequence: PictureSequence) throws -> URL {
        let folder = sequence.folder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            // Not there, or no folder.
            _ = try checkOutput(folder.path)
            return sequence.url
        }
        // What an earlier run has published without coming to its end is told by the folder that it left.
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
