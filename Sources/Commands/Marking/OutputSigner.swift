import Foundation
import Provenance

/// A user's own certificates and key.
package struct SigningFiles {
    let certificates: URL
    let key: URL

    package init(certificates: URL, key: URL) { (self.certificates, self.key) = (certificates, key) }
}

/// Signs pictures and videos with the user's certificates or this installation's own, where that can be.
package final class OutputSigner {
    private let own: SigningIdentity?
    private let notice: (String) -> Void
    private lazy var signer = Result { try makeSigner() }

    /// - Throws: `ProvenanceError` where the user's own certificate cannot be used: better now than after hours.
    ///
    /// - Parameter notice: takes sentences on what was changed of this installation's keys.
    package init(_ files: SigningFiles? = nil, notice: @escaping (String) -> Void = { _ in }) throws {
        self.notice = notice
        own = try files.map { try SigningIdentity(certificates: $0.certificates, key: $0.key) }
    }

    /// A file that cannot be signed is worth more unsigned, which is said, than lost.
    package func sign(_ file: URL, named output: URL, _ facts: OutputFacts) -> SigningState {
        let manifest = Manifest(
            title: output.lastPathComponent, version: Version.current, target: facts.target,
            models: facts.models, consents: facts.consents, marks: facts.marks,
            statement: facts.statement)
        do { return try signer.get().sign(file, named: output, manifest) } catch {
            return .unsigned(reason: "\(error)")
        }
    }

    private func makeSigner() throws -> CredentialsSigner {
        CredentialsSigner(
            library: try CredentialsLibrary(at: Installation.contentCredentials),
            identity: try own ?? Installation.signing.identity(notice: notice))
    }
}
