import Files
import Foundation
import Provenance

/// A user's own certificates and key.
package struct SigningFiles {
    let certificates: URL
    let key: URL

    package init(certificates: URL, key: URL) { (self.certificates, self.key) = (certificates, key) }
}

/// Signs pictures and videos with the user's certificates or this installation's own, if available.
package final class OutputSigner {
    private let own: SigningIdentity?
    private let notice: (String) -> Void
    private lazy var signer = Result { try makeSigner() }

    /// - Throws: `ProvenanceError` if the user's certificate is invalid, before long work starts.
    ///
    /// - Parameter notice: receives messages about changes to this installation's keys.
    package init(_ files: SigningFiles? = nil, notice: @escaping (String) -> Void = { _ in }) throws {
        self.notice = notice
        own = try files.map { try SigningIdentity(certificates: $0.certificates, key: $0.key) }
    }

    /// Signs a file. If signing fails, the unsigned file is kept and the failure is reported.
    ///
    /// - Parameters:
    ///   - signed: path of the signed file, written atomically; may be the file itself.
    ///   - output: the file's final name; determines its format.
    /// - Throws: `FileError`, `ProvenanceError` `unwritable` where the signed file cannot be written: signing can go on
    ///   once there is room.
    package func sign(
        _ file: URL, to signed: URL, named output: URL, _ facts: OutputDescription
    ) throws -> SigningState {
        let credentials: CredentialsSigner
        do { credentials = try signer.get() } catch { return .unsigned(reason: "\(error)") }
        do { return try credentials.sign(file, to: signed, named: output, manifest(facts, output)) } catch {
            if error is FileError || (error as? ProvenanceError)?.code == .unwritable { throw error }
            return .unsigned(reason: "\(error)")
        }
    }

    /// Identifies the content and the signer of a file's signature.
    package func fingerprint(_ facts: OutputDescription, named output: URL) throws -> String {
        let words = try JSONValue(encoding: [
            "manifest": manifest(facts, output).definition,
            "target": .string(facts.target?.path ?? ""),
            "certificates": .string(own?.certificates ?? ""),
        ])
        return Digest.sha256(try JSONEncoder.sorted.encode(words))
    }

    private func manifest(_ facts: OutputDescription, _ output: URL) -> Manifest {
        Manifest(
            title: output.lastPathComponent, version: Version.current, target: facts.target,
            models: facts.models, consents: facts.consents, marks: facts.marks,
            statement: facts.statement)
    }

    /// Rejects work whose output would be unsigned because this installation's keys are damaged.
    ///
    /// Where signing is not installed, or its folder cannot be written, outputs are made unsigned, which is reported.
    ///
    /// - Throws: `ProvenanceError` `certificate`.
    package func requireUsable() throws {
        do { _ = try signer.get() } catch let error as ProvenanceError where error.code == .certificate {
            throw error
        } catch {}
    }

    private func makeSigner() throws -> CredentialsSigner {
        CredentialsSigner(
            library: try CredentialsLibrary(at: Installation.contentCredentials),
            identity: try own ?? Installation.signing.identity(notice: notice))
    }
}

extension JSONEncoder {
    fileprivate static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return encoder
    }
}
