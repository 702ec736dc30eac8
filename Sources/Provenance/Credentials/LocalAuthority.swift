import Crypto
import Files
import Foundation
import X509

/// The certificates that this installation makes for itself: a root, and a leaf that signs.
///
/// ```
/// root.pem   the root's certificate, for those who shall trust this installation
/// root.key   its key, 0600: makes the next leaf
/// leaf.pem   the signer's certificate, followed by the root's
/// leaf.key   its key, 0600
/// ```
package struct LocalAuthority: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    package var rootFile: URL { folder.appending(path: "root.pem") }

    /// The signer, made at the first call and anew where it is about to end.
    ///
    /// - Throws: `ProvenanceError` `unwritable`, `unreadable`, `certificate`.
    package func identity(at now: Date = Date()) throws -> SigningIdentity {
        try makeFolder()
        return try holding {
            if let identity = try stored(at: now) { return identity }
            let root = try storedRoot(at: now) ?? makeRoot(at: now)
            return try makeLeaf(under: root, at: now)
        }
    }

    /// The root's certificate in PEM; nil before anything was signed.
    package var root: String? { try? String(contentsOf: rootFile, encoding: .utf8) }

    private struct Root {
        let certificate: Certificate
        let key: Certificate.PrivateKey
    }

    /// A leaf with less time left is made anew.
    private static let least: TimeInterval = 30 * 86_400

    private func stored(at now: Date) throws -> SigningIdentity? {
        let files = ["leaf.pem", "leaf.key", "root.pem"].map { folder.appending(path: $0) }
        guard files.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) else { return nil }
        let chain = try SigningIdentity.certificates(
            in: SigningIdentity.text(of: files[0]), name: files[0].path)
        guard let leaf = chain.first, leaf.notValidAfter > now.addingTimeInterval(Self.least) else {
            return nil
        }
        return try SigningIdentity(certificates: files[0], key: files[1])
    }

    private func storedRoot(at now: Date) throws -> Root? {
        let key = folder.appending(path: "root.key")
        guard FileManager.default.fileExists(atPath: rootFile.path),
            FileManager.default.fileExists(atPath: key.path),
            let certificate = try SigningIdentity.certificates(
                in: SigningIdentity.text(of: rootFile), name: rootFile.path
            ).first, certificate.notValidAfter > now.addingTimeInterval(Self.least)
        else { return nil }
        return Root(
            certificate: certificate,
            key: try Certificate.PrivateKey(pemEncoded: SigningIdentity.text(of: key)))
    }

    private func makeRoot(at now: Date) throws -> Root {
        let key = P256.Signing.PrivateKey()
        let certificate = try LocalCertificates.root(key: Certificate.PrivateKey(key), at: now)
        try write(key.pemRepresentation, to: "root.key", mode: 0o600)
        try write(certificate.serializeAsPEM().pemString, to: "root.pem", mode: 0o644)
        return Root(certificate: certificate, key: Certificate.PrivateKey(key))
    }

    private func makeLeaf(under root: Root, at now: Date) throws -> SigningIdentity {
        let key = P256.Signing.PrivateKey()
        let leaf = try LocalCertificates.leaf(
            key: Certificate.PrivateKey(key).publicKey, root: root.certificate, rootKey: root.key, at: now)
        let chain = [leaf, root.certificate]
        try write(key.pemRepresentation, to: "leaf.key", mode: 0o600)
        try write(
            chain.map { try $0.serializeAsPEM().pemString }.joined(separator: "\n"), to: "leaf.pem",
            mode: 0o644)
        return try SigningIdentity(chain, Certificate.PrivateKey(key), name: folder.path)
    }
}

extension LocalAuthority {
    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ProvenanceError(
                .unwritable,
                "\(folder.path) cannot be made, where the signing key is kept; name another by DIMORPH_SIGNING",
                cause: error)
        }
    }

    /// Two processes that run for the first time make one root.
    private func holding<Result>(_ body: () throws -> Result) throws -> Result {
        let lock = try FileLock.waiting(
            folder.appending(path: ".lock"), permissions: 0o600, on: "the signing keys in \(folder.path)")
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    private func write(_ text: String, to name: String, mode: mode_t) throws {
        do throws(FileError) {
            try DurableFile.write(
                Data((text + "\n").utf8), to: folder.appending(path: name), permissions: mode)
        } catch {
            throw ProvenanceError(
                .unwritable, "\(error.message), or name another folder by DIMORPH_SIGNING",
                cause: error.cause)
        }
    }
}
