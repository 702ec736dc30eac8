import Foundation
import Provenance

/// Folder of the project's files: `DIMORPH_HOME`, which `./dimorph` sets, or a folder above the executable.
package enum Installation {
    package static let home: URL? = {
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

    /// Weights of the face networks: `DIMORPH_WEIGHTS`, or those that the setup created.
    package static func weights() throws -> URL {
        if let folder = ProcessInfo.processInfo.environment["DIMORPH_WEIGHTS"] {
            return URL(filePath: folder)
        }
        return try inHome(".deps/weights")
    }

    /// The optional network that segments people from the background.
    package static func segmentation() throws -> URL {
        guard let url = home?.appending(path: ".deps/segmentation"),
            FileManager.default.fileExists(atPath: url.path)
        else {
            throw InputError(
                "the segmentation network is not installed; run Scripts/setup --with-segmentation")
        }
        return url
    }

    /// libc2pa, which signs outputs: `DIMORPH_C2PA`, or the copy that the setup downloaded.
    package static var contentCredentials: URL {
        if let file = ProcessInfo.processInfo.environment["DIMORPH_C2PA"] { return URL(filePath: file) }
        let folder = (home ?? URL(filePath: ".")).appending(path: ".deps/c2pa")
        let names = ["libc2pa_c.so", "libc2pa_c.dylib"].map { folder.appending(path: $0) }
        return names.first { FileManager.default.fileExists(atPath: $0.path) } ?? names[0]
    }

    /// Folder of this installation's signing key: `DIMORPH_SIGNING`, or in the user's settings.
    package static var signing: LocalAuthority {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["DIMORPH_SIGNING"] {
            return LocalAuthority(folder: URL(filePath: folder))
        }
        let settings =
            environment["XDG_CONFIG_HOME"].map { URL(filePath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".config")
        return LocalAuthority(folder: settings.appending(path: "dimorph/signing"))
    }

    /// Base model that initializes new models of the same network, `Models/dimorph-s-base.safetensors`; `nil`
    /// if it is missing.
    package static var baseModel: URL? {
        guard let url = home?.appending(path: "Models/dimorph-s-base.safetensors"),
            FileManager.default.fileExists(atPath: url.path)
        else { return nil }
        return url
    }

    /// A clip of `Samples/`.
    package static func sample(_ name: String) throws -> URL { try inHome("Samples/\(name)") }

    private static func inHome(_ path: String) throws -> URL {
        guard let url = home?.appending(path: path), FileManager.default.fileExists(atPath: url.path) else {
            throw InputError(
                "\(path) is missing in \(home?.path ?? "Dimorph's folder"); start the program by ./dimorph, which sets it up"
            )
        }
        return url
    }
}
