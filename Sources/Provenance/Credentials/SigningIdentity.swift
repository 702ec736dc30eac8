import Crypto
import Foundation
import SwiftASN1
import X509

/// A signer: certificate chain and private key.
package struct SigningIdentity: Sendable {
    /// PEM chain, leaf first.
    package let certificates: String
    /// PKCS#8, PEM.
    let key: String
    /// libc2pa's algorithm name, such as `es256`.
    let algorithm: String
    /// The leaf's subject, for messages.
    package let name: String

    /// A user's own certificate and key.
    ///
    /// - Parameters:
    ///   - certificates: PEM chain, leaf first, followed by its issuers.
    ///   - key: PEM without a passphrase.
    /// - Throws: `ProvenanceError` `certificate`, `unreadable`.
    package init(certificates: URL, key: URL) throws {
        let chain = try Self.certificates(in: KeyFile.text(of: certificates), name: certificates.path)
        try KeyFile.requirePrivate(key)
        try self.init(chain, Self.key(key), name: certificates.path)
    }

    /// Reads a private key.
    ///
    /// - Throws: `ProvenanceError` `certificate`, `unreadable`.
    static func key(_ file: URL) throws -> Certificate.PrivateKey {
        let text = try KeyFile.text(of: file)
        do { return try Certificate.PrivateKey(pemEncoded: text) } catch {
            throw ProvenanceError(
                .certificate,
                "\(file.path) is not a private key in PEM without a passphrase; convert it with openssl",
                cause: error)
        }
    }

    init(_ chain: [Certificate], _ privateKey: Certificate.PrivateKey, name: String) throws {
        guard let leaf = chain.first else {
            throw ProvenanceError(.certificate, "\(name) holds no certificate in PEM")
        }
        guard leaf.publicKey == privateKey.publicKey else {
            throw ProvenanceError(
                .certificate,
                "the key does not belong to the first certificate in \(name); the signer's goes first")
        }
        // In a malformed certificate the validity may end before it starts.
        let now = Date()
        guard leaf.notValidBefore <= now, now <= leaf.notValidAfter else {
            throw ProvenanceError(
                .certificate, "the certificate in \(name) does not hold today; renew it or name another")
        }
        algorithm = try Self.algorithm(of: leaf, name: name)
        certificates = try chain.map { try $0.serializeAsPEM().pemString }.joined(separator: "\n") + "\n"
        key = try privateKey.serializeAsPEM().pemString
        self.name = Self.name(of: leaf)
    }

    static func certificates(in text: String, name: String) throws -> [Certificate] {
        let certificates: [Certificate]
        do {
            certificates = try PEMDocument.parseMultiple(pemString: text).map {
                try Certificate(pemDocument: $0)
            }
        } catch {
            throw ProvenanceError(
                .certificate, "\(name) holds no certificates in PEM; give the signer's and those above it",
                cause: error)
        }
        guard !certificates.isEmpty else {
            throw ProvenanceError(
                .certificate, "\(name) holds no certificate in PEM; give the signer's and those above it")
        }
        return certificates
    }

    private static func algorithm(of leaf: Certificate, name: String) throws -> String {
        if P256.Signing.PublicKey(leaf.publicKey) != nil { return "es256" }
        if P384.Signing.PublicKey(leaf.publicKey) != nil { return "es384" }
        if P521.Signing.PublicKey(leaf.publicKey) != nil { return "es512" }
        if Curve25519.Signing.PublicKey(leaf.publicKey) != nil { return "ed25519" }
        throw ProvenanceError(
            .certificate, "\(name): only keys on P-256, P-384, P-521 and Ed25519 are used for signing")
    }

    private static func name(of certificate: Certificate) -> String {
        let words = certificate.subject.flatMap { $0 }.filter {
            $0.type == .RDNAttributeType.commonName || $0.type == .RDNAttributeType.organizationName
        }
        return words.map { "\($0.value)" }.joined(separator: ", ")
    }
}
