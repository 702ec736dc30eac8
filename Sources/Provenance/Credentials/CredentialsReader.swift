import CContentCredentials
import Foundation

/// What a file's Content Credentials say.
package struct CredentialsFinding: Sendable, Equatable {
    package enum State: String, Sendable, Codable {
        /// Unchanged since it was signed, by a signer under one of the given roots.
        case trusted
        /// Unchanged since it was signed; who signed it is not known here.
        case valid
        /// Changed since it was signed, or not signed as it says.
        case invalid
    }

    package let state: State
    /// Organisation and name in the signer's certificate.
    package let signer: String
    /// The program that made the file, as it says.
    package let generator: String
    /// Codes of what failed.
    package let failures: [String]
    /// Digital source types of the actions.
    package let sourceTypes: [String]
    /// Titles of what the file was made from.
    package let ingredients: [String]
    /// What this program said of consents and marks; nil where another made the file.
    package let marks: Marks?
    package let consents: Int
    /// Why the person of a face set was corrected; empty where that was not done.
    package let corrections: [String]
    /// All that the library tells.
    package let report: JSONValue
}

/// Reads and checks Content Credentials.
package struct CredentialsReader: Sendable {
    private let library: CredentialsLibrary
    private let anchors: String

    /// - Parameter anchors: root certificates in PEM whose signers are trusted.
    package init(library: CredentialsLibrary, anchors: [String] = []) {
        self.library = library
        self.anchors = anchors.joined(separator: "\n")
    }

    /// Whether a file of this content, or where that is unknown of this name, can carry credentials.
    package static func reads(_ file: URL) -> Bool { CredentialsFormat.type(of: file) != nil }

    /// Nothing is fetched from the network, whatever a file asks for.
    private var settings: JSONValue {
        let verifying: JSONValue = ["remote_manifest_fetch": false, "ocsp_fetch": false]
        guard !anchors.isEmpty else { return ["verify": verifying] }
        return ["verify": verifying, "trust": ["user_anchors": .string(anchors)]]
    }

    /// - Returns: nil where the file carries none.
    /// - Throws: `ProvenanceError` `unreadable` for a file that is damaged or of no known format.
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
        let json = try library.checked(library.text(functions.reader_json(reader)), "libc2pa cannot tell")
        return CredentialsFinding(try JSONValue(reading: Data(json.utf8)))
    }
}

extension CredentialsFinding {
    /// What the state `valid` says already.
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
