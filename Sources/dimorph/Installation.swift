import Foundation

/// Where the project's own files lie: `DIMORPH_HOME`, which `./dimorph` sets, or a folder above the executable.
enum Installation {
    static let home: URL? = {
        if let home = ProcessInfo.processInfo.environment["DIMORPH_HOME"] { return URL(filePath: home) }
        var folder = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0]))
            .resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let files = ["Package.swift", "Samples"].map { folder.appending(path: $0).path }
            if files.allSatisfy(FileManager.default.fileExists(atPath:)) { return folder }
        }
        return nil
    }()

    /// The face networks' weights: `DIMORPH_WEIGHTS`, or those that the setup made.
    static func weights() throws -> URL {
        if let folder = ProcessInfo.processInfo.environment["DIMORPH_WEIGHTS"] {
            return URL(filePath: folder)
        }
        return try inHome(".deps/weights")
    }

    /// The optional network that tells a person from what is behind.
    static func segmentation() throws -> URL {
        guard let url = home?.appending(path: ".deps/segmentation"),
            FileManager.default.fileExists(atPath: url.path)
        else {
            throw InputError(
                "the segmentation network is not installed; run Scripts/setup --with-segmentation")
        }
        return url
    }

    /// A clip of `Samples/`.
    static func sample(_ name: String) throws -> URL { try inHome("Samples/\(name)") }

    private static func inHome(_ path: String) throws -> URL {
        guard let url = home?.appending(path: path), FileManager.default.fileExists(atPath: url.path) else {
            throw InputError(
                "\(path) is missing in \(home?.path ?? "Dimorph's folder"); start the program by ./dimorph, which sets it up"
            )
        }
        return url
    }
}
