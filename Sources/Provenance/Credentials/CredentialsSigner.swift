import CContentCredentials
import Files
import Foundation

/// Whether an output carries Content Credentials.
package enum SigningState: Sendable, Codable, Equatable {
    case signed(by: String)
    case unsigned(reason: String)
}

/// Signs complete files.
package struct CredentialsSigner: Sendable {
    private let library: CredentialsLibrary
    private let identity: SigningIdentity

    package init(library: CredentialsLibrary, identity: SigningIdentity) {
        (self.library, self.identity) = (library, identity)
    }

    /// Signs a file: until the signed one is complete, what has its place stays.
    ///
    /// - Parameters:
    ///   - place: where the signed file is written; nil for the file's own place.
    ///   - name: the name that the file will have; tells its format.
    /// - Throws: `ProvenanceError` `signing`, `unwritable`, `unreadable`.
    package func sign(
        _ file: URL, to place: URL? = nil, named name: URL, _ manifest: Manifest
    ) throws -> SigningState {
        guard let format = CredentialsFormat.type(of: name) else {
            return .unsigned(
                reason:
                    ".\(name.pathExtension) cannot carry Content Credentials; name the output .mp4 or .mov")
        }
        let signed = try DurableFile(replacing: place ?? file)
        try sign(file, to: signed.temporary, format, manifest)
        try signed.commit()
        return .signed(by: identity.name)
    }

    private func sign(_ file: URL, to signed: URL, _ format: String, _ manifest: Manifest) throws {
        let functions = library.functions.pointee
        let context = try CredentialsContext(
            library: library, settings: Self.settings, signer: identity)
        let fresh = try library.checked(
            functions.builder_from_context(context.pointer), "the manifest cannot be begun")
        let json = String(decoding: try RecordCoding.encode(manifest.definition), as: UTF8.self)
        let builder = try library.checked(
            functions.builder_with_definition(fresh, json), "the manifest is not accepted")
        defer { _ = functions.free(UnsafeMutableRawPointer(builder)) }
        if let target = manifest.target { try add(target, to: builder) }
        let source = try CredentialsFile(file, .reading, library: library)
        let destination = try CredentialsFile(signed, .writing, library: library)
        var bytes: UnsafePointer<UInt8>?
        let length = functions.builder_sign_context(
            builder, format, source.stream, destination.stream, &bytes)
        if let bytes { _ = functions.free(UnsafeMutableRawPointer(mutating: bytes)) }
        do { try library.checked(length, "\(manifest.title) could not be signed") } catch {
            // A full disk says more than the library, which knows no reason.
            try destination.close()
            throw error
        }
        try destination.close()
        try Self.sync(signed)
    }

    /// The target with its own manifest, if it has one, as what the output was made from.
    private func add(_ target: URL, to builder: OpaquePointer) throws {
        let ingredient = try RecordCoding.encode(
            Manifest.targetIngredient(target.lastPathComponent, sha256: Digest.sha256(of: target)))
        let file = try CredentialsFile(target, .reading, library: library)
        try library.checked(
            library.functions.pointee.builder_add_ingredient_from_stream(
                builder, String(decoding: ingredient, as: UTF8.self),
                CredentialsFormat.ingredientType(of: target),
                file.stream),
            "\(target.path) cannot be named as the origin")
    }

    private static func sync(_ file: URL) throws {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw ProvenanceError(
                .unwritable,
                "\(file.path) cannot be brought to the disk (\(String(cString: strerror(errno))))")
        }
    }

    /// No thumbnails: they would show faces in a place where nobody looks for them.
    private static let settings: JSONValue = [
        "builder": ["thumbnail": ["enabled": false]],
        "verify": ["verify_after_sign": true, "remote_manifest_fetch": false, "ocsp_fetch": false],
    ]
}
