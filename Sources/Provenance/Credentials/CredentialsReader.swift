import CContentCredentials
import Foundation

/// The validation result of a file's Content Credentials.
package struct CredentialsFinding: Sendable, Equatable {
    package enum State: String, Sendable, Codable {
        /// Unmodified since signing, by a signer under one of the given trust anchors.
        case trusted
        /// Unmodified since signing, by an untrusted signer.
        case valid
        /// Modified since signing, or with an invalid signature.
        case invalid
    }

    package let state: State
    /// Organisation and common name of the signer's certificate.
    package let signer: String
    /// The claim generator.
    package let generator: String
    /// Validation failure codes.
    package let failures: [String]
    /// Digital source types of the actions.
    package let sourceTypes: [String]
    /// Titles of the ingredients.
    package let ingredients: [String]
    /// This program's assertions on consents and marks; `nil` if another program made the file.
    package let marks: Marks?
    package let consents: Int
    /// Reasons of corrections of a face set's person; empty if there were none.
    package let corrections: [String]
    /// The library's full report.
    package let report: JSONValue
}

/// Reads and validates Content Credentials.
package struct CredentialsReader: Sendable {
    private let library: CredentialsLibrary
    private let anchors: String

    /// - Parameter anchors: trust anchors: root certificates in PEM.
    package init(library: CredentialsLibrary, anchors: [String] = []) {
        self.library = library
        self.anchors = anchors.joined(separator: "\n")
    }

    /// Whether a file can carry credentials, by its content or, if that is unknown, by its name.
    package static func reads(_ file: URL) -> Bool { CredentialsFormat.type(of: file) != nil }

    /// Disables all network access (remote manifests, OCSP).
    private var settings: JSONValue {
        let verifying: JSONValue = ["remote_manifest_fetch": false, "ocsp_fetch": false]
        guard !anchors.isEmpty else { return ["verify": verifying] }
        return ["verify": verifying, "trust": ["user_anchors": .string(anchors)]]
    }

    /// - Returns: `nil` if the file has no credentials.
    /// - Throws: `ProvenanceError` (`unreadable` for a damaged file or an unknown format).
    package func read(_ file: URL) throws -> CredentialsFinding? {
        let functions = library.functions.pointee
        let context = try CredentialsContext(library: library, settings: settings)
        let fresh = try library.checked(functions.reader_from_context(context.pointer), "libc2pa cannot read")
        let stream = try CredentialsFile(file, .reading, library: library)
        let format = CredentialsFormat.ingredientType(of: file)
        guard let reader = functions.reader_with_stream(fresh, format, stream.stream) else {
            let failure = library.failure("\(file.path): its Content Credentials cannot be read")
            if failure.message.contains("ManifestNotFound") { return nil }
            throw ProvenanceError(.unreadable, failure.message)
        }
        defer { _ = functions.free(UnsafeMutableRawPointer(reader)) }
        let json = try library.checked(library.text(functions.reader_json(reader)), "libc2pa gives no report")
        return CredentialsFinding(try JSONValue(reading: Data(json.utf8)))
    }
}

extension CredentialsFinding {
    /// Ignored, since the state `valid` implies it.
    private static let unknownSigner = "signingCredential.untrusted"

    init(_ report: JSONValue) {
        let active = report["active_manifest"]?.text ?? ""
        let manifest = report["manifests"]?[active]
        let states: [String: State] = ["Trusted": .trusted, "Valid": .valid]
        state = states[report["validation_state"]?.text ?? ""] ?? .invalid
        let signature = manifest?["signature_info"]
        signer = [signature?["issuer"]?.text, signature?["common_name"]?.text].compactMap { $0 }
            .joined(separator: ", ")
        let agent = manifest?["claim_generator_info"]?.elements.first
        generator = [agent?["name"]?.text, agent?["version"]?.text].compactMap { $0 }.joined(separator: " ")
        failures = (report["validation_results"]?["activeManifest"]?["failure"]?.elements ?? [])
            .compactMap { $0["code"]?.text }.filter { $0 != Self.unknownSigner }
        ingredients = (manifest?["ingredients"]?.elements ?? []).compactMap { $0["title"]?.text }
        let assertions = manifest?["assertions"]?.elements ?? []
        func data(_ label: String) -> JSONValue? {
            assertions.first { $0["label"]?.text?.hasPrefix(label) == true }?["data"]
        }
        sourceTypes = (data("c2pa.actions")?["actions"]?.elements ?? [])
            .compactMap { $0["digitalSourceType"]?.text }
        marks = data(Manifest.marksLabel).flatMap { data in
            try? RecordCoding.decode(Marks.self, RecordCoding.encode(data))
        }
        let named = data(Manifest.consentsLabel)?["consents"]?.elements ?? []
        (consents, corrections) = (named.count, named.compactMap { $0["correction"]?.text })
        self.report = report
    }
}
