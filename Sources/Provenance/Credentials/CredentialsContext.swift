import CContentCredentials
import Foundation

/// A libc2pa context: settings and signer.
final class CredentialsContext {
    let pointer: OpaquePointer
    private let library: CredentialsLibrary

    init(library: CredentialsLibrary, settings json: JSONValue, signer: SigningIdentity? = nil) throws {
        self.library = library
        let functions = library.functions.pointee
        let settings = try library.checked(functions.settings_new(), "libc2pa's settings cannot be created")
        defer { _ = functions.free(UnsafeMutableRawPointer(settings)) }
        let text = String(decoding: try RecordCoding.encode(json), as: UTF8.self)
        try library.checked(
            functions.settings_update_from_string(settings, text, "json"),
            "libc2pa rejects its settings")
        let builder = try library.checked(functions.context_builder_new(), "libc2pa cannot create a context")
        do {
            try library.checked(
                functions.context_builder_set_settings(builder, settings),
                "libc2pa rejects its settings")
            if let signer {
                // The builder takes ownership of the signer.
                try library.checked(
                    functions.context_builder_set_signer(builder, Self.signer(signer, library)),
                    "libc2pa rejects the signer")
            }
        } catch {
            _ = functions.free(UnsafeMutableRawPointer(builder))
            throw error
        }
        pointer = try library.checked(
            functions.context_builder_build(builder), "libc2pa cannot create a context")
    }

    deinit { _ = library.functions.pointee.free(UnsafeMutableRawPointer(pointer)) }

    private static func signer(
        _ identity: SigningIdentity, _ library: CredentialsLibrary
    ) throws -> OpaquePointer {
        let signer = identity.algorithm.withCString { algorithm in
            identity.certificates.withCString { certificates in
                identity.key.withCString { key in
                    var information = CredentialsSignerInfo(
                        algorithm: algorithm, certificates: certificates, key: key, time_stamp_server: nil)
                    return library.functions.pointee.signer_from_info(&information)
                }
            }
        }
        return try library.checked(signer, "the certificate or its key cannot be used for signing")
    }
}
