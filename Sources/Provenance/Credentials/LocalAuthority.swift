import Crypto
import Files
import Foundation
import X509

/// This installation's own certificate authority: a root certificate and a leaf certificate that signs.
///
/// ```
/// root.pem   root certificate, the trust anchor for others
/// root.key   its private key, 0600; signs leaf certificates
/// leaf.pem   the signer's certificate chain: leaf, root
/// leaf.key   its private key, 0600
/// ```
package struct LocalAuthority: Sendable {
    package let folder: URL

    package init(folder: URL) { self.folder = folder }

    package var rootFile: URL { folder.appending(path: "root.pem") }

    /// The signing identity, created at the first call; renews a leaf that is about to expire. An existing root is never replaced.
    ///
    /// - Parameter notice: receives notices about changed key permissions.
    /// - Throws: `ProvenanceError` (`unwritable`, `unreadable`, `certificate`); the message names the faulty file and a remedy.
    package func identity(at now: Date = Date(), notice: (String) -> Void = { _ in }) throws
        -> SigningIdentity
    {
        try makeFolder()
        return try holding {
            for (file, mode) in [(folder, 0o755), (rootKey, 0o600), (leafKey, 0o600)] {
                if let sentence = try KeyFile.tighten(file, to: mode_t(mode)) { notice(sentence) }
            }
            if let identity = try stored(at: now) { return identity }
            return try makeLeaf(under: storedRoot(at: now) ?? makeRoot(at: now), at: now)
        }
    }

    /// The root certificate in PEM; `nil` before the first signature.
    package var root: String? { try? String(contentsOf: rootFile, encoding: .utf8) }

    private struct Root {
        let certificate: Certificate
        let key: Certificate.PrivateKey
    }

    /// Minimum remaining validity of a leaf before it is renewed.
    private static let least: TimeInterval = 30 * 86_400

    private var rootKey: URL { folder.appending(path: "root.key") }
    private var leafFile: URL { folder.appending(path: "leaf.pem") }
    private var leafKey: URL { folder.appending(path: "leaf.key") }

    /// The stored leaf; `nil` if it is about to expire, or if a process was killed while creating it.
    private func stored(at now: Date) throws -> SigningIdentity? {
        guard isThere(rootFile), isThere(leafFile), isThere(leafKey) else { return nil }
        let root = try certificate(rootFile)
        let chain = try reading(leafFile) {
            try SigningIdentity.certificates(in: KeyFile.text(of: leafFile), name: leafFile.path)
        }
        let key = try reading(leafKey) { try SigningIdentity.key(leafKey) }
        // Key and certificate are written separately, so a killed process may leave a mismatch.
        guard chain[0].publicKey == key.publicKey else { return nil }
        guard chain.count > 1, chain[1] == root else {
            throw broken(
                leafFile, "is not issued by \(rootFile.lastPathComponent)",
                "remove leaf.pem and leaf.key, and the next output makes new ones under the root")
        }
        guard chain[0].notValidAfter > now.addingTimeInterval(Self.least) else { return nil }
        return try SigningIdentity(chain, key, name: leafFile.path)
    }

    /// The stored root; `nil` if none was created.
    private func storedRoot(at now: Date) throws -> Root? {
        let hasSigned = isThere(leafFile)
        switch (isThere(rootFile), isThere(rootKey)) {
        case (false, false) where !hasSigned: return nil
        case (false, _) where hasSigned:
            throw broken(
                rootFile, "is missing",
                "restore it from a copy; it is the second certificate in \(leafFile.path), too")
        case (false, _):
            // A process was killed between writing key and certificate: nothing has been signed yet.
            return try makeRoot(reading(rootKey) { try SigningIdentity.key(rootKey) }, at: now)
        case (true, false): throw broken(rootKey, "is missing", "restore it from a copy")
        case (true, true): break
        }
        let (certificate, key) = (
            try certificate(rootFile), try reading(rootKey) { try SigningIdentity.key(rootKey) }
        )
        guard certificate.publicKey == key.publicKey else {
            throw broken(
                rootKey, "does not belong to \(rootFile.lastPathComponent)", "restore both from a copy")
        }
        guard certificate.notValidAfter > now.addingTimeInterval(Self.least) else {
            throw broken(
                rootFile, "is about to end or has ended (\(ConsentRegister.day(certificate.notValidAfter)))",
                "keep a copy for those who check earlier outputs")
        }
        return Root(certificate: certificate, key: key)
    }

    private func certificate(_ file: URL) throws -> Certificate {
        try reading(file) {
            try SigningIdentity.certificates(in: KeyFile.text(of: file), name: file.path)
        }[0]
    }

    private func isThere(_ file: URL) -> Bool {
        var information = stat()
        return lstat(file.path, &information) == 0
    }

    /// Adds a remedy to an error of one of this installation's files.
    private func reading<Result>(_ file: URL, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as ProvenanceError {
            throw broken(file, "cannot be used", "restore it from a copy", cause: error)
        }
    }

    private func broken(
        _ file: URL, _ what: String, _ remedy: String, cause: (any Error)? = nil
    ) -> ProvenanceError {
        ProvenanceError(
            .certificate,
            "\(file.path) \(what), and nothing is signed. This installation's keys are not replaced by themselves: \(remedy), or "
                + "move \(folder.path) away, and the next output makes a new root, which all who trust the old one must be given",
            cause: cause)
    }

    private func makeRoot(at now: Date) throws -> Root {
        let key = P256.Signing.PrivateKey()
        try write(key.pemRepresentation, to: "root.key", mode: 0o600)
        return try makeRoot(Certificate.PrivateKey(key), at: now)
    }

    private func makeRoot(_ key: Certificate.PrivateKey, at now: Date) throws -> Root {
        let certificate = try LocalCertificates.root(key: key, at: now)
        try write(certificate.serializeAsPEM().pemString, to: "root.pem", mode: 0o644)
        return Root(certificate: certificate, key: key)
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
                "\(folder.path) for signing keys cannot be created; name another folder in DIMORPH_SIGNING",
                cause: error)
        }
    }

    /// Holds a lock, so that two first runs create one root.
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
                .unwritable, "\(error.message), or name another folder in DIMORPH_SIGNING",
                cause: error.cause)
        }
    }
}
