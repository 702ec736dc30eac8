import Crypto
import Foundation
import Testing
import X509

@testable import Provenance

@Suite("Local certificates")
struct CertificateTests {
    private let scratch: Scratch
    private let authority: LocalAuthority

    init() throws {
        scratch = try Scratch()
        authority = LocalAuthority(folder: scratch.file("signing"))
    }

    private func mode(_ name: String) throws -> Int {
        let path = authority.folder.appending(path: name).path
        return try #require(
            FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("the first use creates root and leaf with private keys of mode 0600; the second use loads them")
    func stored() throws {
        let first = try authority.identity()
        #expect(try mode("leaf.key") == 0o600 && mode("root.key") == 0o600)
        #expect(try authority.identity().certificates == first.certificates)
        #expect(first.algorithm == "es256" && first.name.contains("Dimorph local signer"))
        #expect(first.key.contains("BEGIN PRIVATE KEY"))
    }

    @Test("the leaf is signed by the root; it may sign files but not issue certificates")
    func chain() throws {
        let identity = try authority.identity()
        let chain = try SigningIdentity.certificates(in: identity.certificates, name: "chain")
        try #require(chain.count == 2)
        #expect(chain[1].publicKey.isValidSignature(chain[0].signature, for: chain[0]))
        #expect(chain[1].publicKey.isValidSignature(chain[1].signature, for: chain[1]))
        #expect(try chain[0].extensions.basicConstraints == .notCertificateAuthority)
        #expect(try chain[1].extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
        #expect(try chain[0].extensions.keyUsage == KeyUsage(digitalSignature: true))
    }

    @Test("a leaf that is about to expire is renewed under the same root")
    func renewed() throws {
        let first = try authority.identity()
        let root = try #require(authority.root)
        let later = Date().addingTimeInterval(3640 * 86_400)
        // Its certificate is valid at that time, not today.
        let second = try authority.identity(at: later.addingTimeInterval(-3 * 86_400 * 365))
        #expect(second.certificates == first.certificates)
        #expect(throws: ProvenanceError.self) { try authority.identity(at: later) }
        let leaf = try #require(
            SigningIdentity.certificates(
                in: String(contentsOf: authority.folder.appending(path: "leaf.pem"), encoding: .utf8),
                name: "leaf"
            ).first)
        #expect(leaf.notValidAfter > later && authority.root == root)
    }

    @Test("a key of another certificate and a file that is not a key are rejected with a remedy")
    func wrong() throws {
        _ = try authority.identity()
        let other = scratch.file("other.key")
        try Data(P256.Signing.PrivateKey().pemRepresentation.utf8).write(to: other)
        chmod(other.path, 0o600)
        let leaf = authority.folder.appending(path: "leaf.pem")
        #expect(throws: ProvenanceError.self) { try SigningIdentity(certificates: leaf, key: other) }
        try Data("no key".utf8).write(to: other)
        do {
            _ = try SigningIdentity(certificates: leaf, key: other)
            Issue.record("a file that is not a key was accepted")
        } catch let error as ProvenanceError {
            #expect(error.code == .certificate && error.message.contains("other.key is not a private key"))
        }
    }

    @Test("a user's key readable by others is rejected; this installation's own is tightened with a notice")
    func readable() throws {
        let first = try authority.identity()
        let (leaf, key) = (
            authority.folder.appending(path: "leaf.pem"), authority.folder.appending(path: "leaf.key")
        )
        let copy = scratch.file("mine.key")
        try FileManager.default.copyItem(at: key, to: copy)
        for mode: mode_t in [0o644, 0o640, 0o604, 0o620] {
            chmod(copy.path, mode)
            let error = try #require(throws: ProvenanceError.self) {
                try SigningIdentity(certificates: leaf, key: copy)
            }
            #expect(error.code == .certificate && error.message.contains("chmod 600 \(copy.path)"))
        }
        chmod(copy.path, 0o600)
        _ = try SigningIdentity(certificates: leaf, key: copy)

        chmod(key.path, 0o644)
        chmod(authority.folder.path, 0o777)
        var notices: [String] = []
        #expect(try authority.identity { notices.append($0) }.certificates == first.certificates)
        #expect(notices.count == 2 && notices.contains { $0.contains(key.path) && $0.contains("mode 644") })
        #expect(try mode("leaf.key") == 0o600 && mode(".") == 0o755)
        _ = try authority.identity { Issue.record("tightened twice: \($0)") }
    }

    @Test(
        "corrupt, truncated and missing files of this installation are errors; its root is unchanged",
        arguments: ["root.pem", "root.key", "leaf.pem", "leaf.key"], [0, 1, 40, -1])
    func broken(name: String, length: Int) throws {
        _ = try authority.identity()
        let file = authority.folder.appending(path: name)
        let names = ["root.pem", "root.key", "leaf.pem", "leaf.key"].filter { $0 != name }
        func others() throws -> [Data] {
            try names.map { try Data(contentsOf: authority.folder.appending(path: $0)) }
        }
        let (whole, before) = (try Data(contentsOf: file), try others())
        if length < 0 {
            try FileManager.default.removeItem(at: file)
        } else {
            try whole.prefix(length).write(to: file)
        }
        chmod(file.path, 0o600)
        if length < 0, name.hasPrefix("leaf") {
            // Without a leaf another is created under the same root.
            _ = try authority.identity()
            #expect(try others().first == before.first)
            return
        }
        if name == "root.key" {
            // The leaf signs without it until it expires.
            _ = try authority.identity()
            try FileManager.default.removeItem(at: authority.folder.appending(path: "leaf.pem"))
        }
        let error = try #require(throws: ProvenanceError.self) { try authority.identity() }
        #expect(error.code == .certificate && error.message.contains(file.path), "\(error)")
        #expect(error.message.contains("are not replaced by themselves"))
        #expect(try name == "root.key" || others() == before)
        if length >= 0 { #expect(try Data(contentsOf: file) == whole.prefix(length)) }
    }

    @Test("resumes after a process was killed between writing a key and its certificate")
    func killed() throws {
        let first = try authority.identity()
        let root = authority.root
        // While a leaf was renewed: the new key is beside the old certificate.
        try Data(P256.Signing.PrivateKey().pemRepresentation.utf8).write(
            to: authority.folder.appending(path: "leaf.key"))
        let second = try authority.identity()
        #expect(second.certificates != first.certificates && authority.root == root)
        // While the root was created: nothing was signed under it.
        let key = try Data(contentsOf: authority.folder.appending(path: "root.key"))
        for name in ["root.pem", "leaf.pem", "leaf.key"] {
            try FileManager.default.removeItem(at: authority.folder.appending(path: name))
        }
        _ = try authority.identity()
        #expect(try Data(contentsOf: authority.folder.appending(path: "root.key")) == key)
    }

    @Test("malformed certificates and keys are errors, whatever their content")
    func malformed() throws {
        let identity = try authority.identity()
        let chain = try SigningIdentity.certificates(in: identity.certificates, name: "chain")
        let leaf = chain[0]
        // Its validity ends before it begins.
        let turned = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: leaf.publicKey,
            notValidBefore: Date() + 86_400, notValidAfter: Date() - 86_400, issuer: leaf.issuer,
            subject: leaf.subject, extensions: leaf.extensions,
            issuerPrivateKey: Certificate.PrivateKey(P256.Signing.PrivateKey()))
        let key = try SigningIdentity.key(authority.folder.appending(path: "leaf.key"))
        let error = #expect(throws: ProvenanceError.self) {
            try SigningIdentity([turned], key, name: "turned")
        }
        #expect(error?.message.contains("does not hold today") == true)

        let pem = try leaf.serializeAsPEM().pemString
        let lines = pem.split(separator: "\n").map(String.init)
        let bytes = try #require(Data(base64Encoded: lines.dropFirst().dropLast().joined()))
        var random = SystemRandomNumberGenerator()
        for number in 0..<1500 {
            var changed = bytes
            for _ in 0...(number % 3) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = .random(in: 0...255)
            }
            if number % 7 == 0 { changed = changed.prefix(Int.random(in: 0..<changed.count)) }
            let text = [lines[0], changed.base64EncodedString(), lines[lines.count - 1]].joined(
                separator: "\n")
            // Readable or not, it must not trap.
            guard let read = try? SigningIdentity.certificates(in: text, name: "changed") else { continue }
            _ = try? SigningIdentity(read, key, name: "changed")
        }
    }
}
