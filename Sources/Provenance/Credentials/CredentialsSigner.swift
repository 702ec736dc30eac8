import CContentCredentials
import Files
import Foundation

/// Whether an output has Content Credentials.
package enum SigningState: Sendable, Codable, Equatable {
    case signed(by: String)
    case unsigned(reason: String)
}

/// Signs complete files with Content Credentials.
package struct CredentialsSigner: Sendable {
    private let library: CredentialsLibrary
    private let identity: SigningIdentity

    package init(library: CredentialsLibrary, identity: SigningIdentity) {
        (self.library, self.identity) = (library, identity)
    }

    /// Signs a file; the destination is replaced only when the signed file is complete.
    ///
    /// - Parameters:
    ///   - place: destination; `nil` to replace the file itself.
    ///   - name: the file's final name, which determines its format.
    /// - Throws: `ProvenanceError` `signing`, `unwritable`, `unreadable`.
    package func sign(
        _ file: URL, to place: URL? = nil, named name: URL, _ manifest: Manifest
    ) throws -> SigningState {
        guard let format = CredentialsFormat.type(of: file) ?? CredentialsFormat.type(of: name) else {
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
            functions.builder_from_context(context.pointer), "the manifest cannot be created")
        let json = String(decoding: try RecordCoding.encode(manifest.definition), as: UTF8.self)
        let builder = try library.checked(
            functions.builder_with_definition(fresh, json), "the manifest is rejected")
        defer { _ = functions.free(UnsafeMutableRawPointer(builder)) }
        if let target = manifest.target { try add(target, to: builder) }
        let source = try CredentialsFile(file, .reading, library: library)
        let destination = try CredentialsFile(signed, .writing, library: library)
        var bytes: UnsafePointer<UInt8>?
        let length = functions.builder_sign_context(
            builder, format, source.stream, destination.stream, &bytes)
        if let bytes { _ = functions.free(UnsafeMutableRawPointer(mutating: bytes)) }
        do { try library.checked(length, "\(manifest.title) could not be signed") } catch {
            // A full disk is the more specific error; the library reports no reason.
            try destination.close()
            throw error
        }
        try destination.close()
        try Self.sync(signed)
    }

    /// Adds the target as the parent ingredient, with its own manifest if it has one.
    private func add(_ target: URL, to builder: OpaquePointer) throws {
        let ingredient = try RecordCoding.encode(
            Manifest.targetIngredient(target.lastPathComponent, sha256: Digest.sha256(of: target)))
        let file = try CredentialsFile(target, .reading, library: library)
        try library.checked(
            library.functions.pointee.builder_add_ingredient_from_stream(
                builder, String(decoding: ingredient, as: UTF8.self),
                CredentialsFormat.ingredientType(of: target),
                file.stream),
            "\(target.path) cannot be added as the parent ingredient")
    }

    private static func sync(_ file: URL) throws {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw ProvenanceError(
                .unwritable,
                "\(file.path) cannot be synced to the disk (\(String(cString: strerror(errno))))")
        }
    }

    /// No thumbnails: they would store faces where users do not expect them.
    private static let settings: JSONValue = [
        "builder": ["thumbnail": ["enabled": false]],
        "verify": ["verify_after_sign": true, "remote_manifest_fetch": false, "ocsp_fetch": false],
    ]
}
