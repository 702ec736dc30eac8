import Faces
import Foundation
import Media
import Workspace

extension ExchangeDocument {
    /// Reads and validates the document of a folder, without its pictures.
    ///
    /// - Throws: `CurationError` that names the file and the first invalid face.
    init(of folder: URL) throws {
        let url = folder.appending(path: Self.fileName)
        let data = try ExchangeFiles.read(url, limit: Self.maximumBytes)
        func failure(_ what: String, _ cause: (any Error)? = nil) -> CurationError {
            CurationError(.exchange, "\(url.path) \(what)", cause: cause)
        }
        let head: Head
        do { head = try Self.decoder.decode(Head.self, from: data) } catch {
            throw failure("is damaged or not a face set; export or copy it again", Self.reason(error))
        }
        guard head.format == Self.format else {
            throw failure(
                "is not a face set (format '\(head.format.prefix(40))'); specify a folder written by `dimorph faces export`"
            )
        }
        guard head.version <= Self.currentVersion else {
            throw failure("was written by a later Dimorph (version \(head.version)); update Dimorph")
        }
        do { self = try Self.decoder.decode(Self.self, from: data) } catch {
            throw failure("is damaged or incomplete; export or copy it again", Self.reason(error))
        }
        if let complaint { throw failure("\(complaint); export it again, or correct it") }
    }

    private struct Head: Decodable {
        var format: String
        var version: Int
    }

    /// Description of the first invalid value; `nil` if the document is valid.
    private var complaint: String? {
        if !(0...1).contains(margin) { return "has a margin of \(margin), which must be between 0 and 1" }
        if !(32...1024).contains(size) { return "has a size of \(size), which must be between 32 and 1024" }
        if expressionNames != Faces.Expression.names { return "has other expression names than this version" }
        if identity.map({ $0.count != 128 || !$0.allSatisfy(\.isFinite) }) ?? false {
            return "has a damaged identity"
        }
        if clips.isEmpty || faces.isEmpty { return "contains no clip or no face" }
        if Set(clips.map(\.fingerprint)).count < clips.count { return "contains a clip twice" }
        for (number, clip) in clips.enumerated() where !clip.isSound {
            return "has invalid numbers in clip \(number)"
        }
        struct Place: Hashable { let clip, frame, track: Int }
        var (files, places) = (Set<String>(), Set<Place>())
        for (number, face) in faces.enumerated() {
            let name = "face \(number) (\(face.file.prefix(80)))"
            if !clips.indices.contains(face.clip) {
                return "\(name): clip \(face.clip) does not exist (\(clips.count) clips)"
            }
            if !Self.isPlain(face.file) || ExchangeDocument.isPicture(face.file) == false {
                return "\(name): is not the name of a PNG or JPEG beside it"
            }
            if let mask = face.mask, !Self.isMask(mask) {
                return "\(name): its mask is not a PNG in 'masks/'"
            }
            if !files.insert(CropName.stem(of: face.file)).inserted { return "\(name): occurs twice" }
            if !places.insert(Place(clip: face.clip, frame: face.frame, track: face.track)).inserted {
                return "\(name): its clip, frame and track occur twice"
            }
            if face.record(set: set, cropFile: face.file, maskFile: nil) == nil {
                return "\(name): has missing or invalid numbers"
            }
        }
        return nil
    }

    /// A file's name without any folder, so that nothing outside is ever read.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255 && !name.hasPrefix(".")
            && name.allSatisfy { $0 != "/" && $0 != "\\" && $0 != "\0" && !$0.isNewline }
    }

    private static func isPicture(_ name: String) -> Bool {
        PictureFile.isPicture(URL(filePath: name))
    }

    private static func isMask(_ path: String) -> Bool {
        let prefix = "\(Workspace.masksName)/"
        return path.hasPrefix(prefix) && path.lowercased().hasSuffix(".png")
            && isPlain(String(path.dropFirst(prefix.count)))
    }

    /// The decoding error in one line, with its location in the document.
    private static func reason(_ error: any Error) -> any Error {
        guard let error = error as? DecodingError else { return error }
        switch error {
        case .keyNotFound(let key, let context): return Reason("no '\(key.stringValue)'", context)
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return Reason(context.debugDescription, context)
        @unknown default: return error
        }
    }

    private struct Reason: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ context: DecodingError.Context) {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
                .joined()
            description = path.isEmpty ? what : "\(path.drop { $0 == "." }): \(what)"
        }
    }
}

extension ExchangeDocument.Clip {
    fileprivate var isSound: Bool {
        !name.isEmpty && name.utf8.count <= 255 && !name.contains("/")
            && fingerprint.size >= 0 && fingerprint.hash.utf8.count <= 64
            && (0...1 << 20).contains(width) && (0...1 << 20).contains(height)
            && (0...1e6).contains(frameRate) && (0...Int(Int32.max)).contains(frameCount ?? 0)
    }
}
