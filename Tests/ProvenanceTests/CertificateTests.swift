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

    @Test("the first use makes root and leaf, whose keys only the owner may read; the second takes them")
    func stored() throws {
        let first = try authority.identity()
        #expect(try mode("leaf.key") == 0o600 && mode("root.key") == 0o600)
        #expect(try authority.identity().certificates == first.certificates)
        #expect(first.algorithm == "es256" && first.name.contains("Dimorph local signer"))
        #expect(first.key.contains("BEGIN PRIVATE KEY"))
    }

    @Test("the leaf is signed by the root, and may sign but issue nothing")
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

    @Test("a leaf that is about to end is made anew under the same root")
    func renewed() throws {
        let first = try authority.identity()
        let root = try #require(authority.root)
        let later = Date().addingTimeInterval(3640 * 86_400)
        // Its certificate holds at that time, not today.
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

    @Test("a key of another certificate, and what is no key, are refused with what to do")
    func wrong() throws {
        _ = try authority.identity()
        let other = scratch.file("other.key")
        try Data(P256.Signing.PrivateKey().pemRepresentation.utf8).write(to: other)
        let leaf = authority.folder.appending(path: "leaf.pem")
        #expect(throws: ProvenanceError.self) { try SigningIdentity(certificates: leaf, key: other) }
        try Data("no key".utf8).write(to: other)
        do {
            _ = try SigningIdentity(certificates: leaf, key: other)
            Issue.record("what is no key was taken")
        } catch let error as ProvenanceError {
            #expect(error.code == .certificate && error.message.contains("other.key is no private key"))
        }
    }
}
