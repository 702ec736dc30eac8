import ArgumentParser
import Commands
import Foundation
import Provenance

/// Options for the signing certificate.
struct SigningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Certificate chain for signing outputs (PEM, signer first; default: that of this installation).",
            valueName: "file"))
    var signingCert: String?

    @Option(
        help: ArgumentHelp("Private key of --signing-cert (PEM, without a passphrase).", valueName: "file"))
    var signingKey: String?

    func validate() throws {
        guard (signingCert == nil) == (signingKey == nil) else {
            throw ValidationError("--signing-cert and --signing-key must be used together.")
        }
    }

    var files: SigningFiles? {
        guard let signingCert, let signingKey else { return nil }
        return SigningFiles(certificates: URL(filePath: signingCert), key: URL(filePath: signingKey))
    }
}

/// Options for the marks of an output.
struct MarkingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Omit the visible \"AI\" label, for productions that inform their audience in another way; the reason is recorded "
                + "in the file and in the ledger. All other marks are kept.", valueName: "reason"))
    var noLabel: String?

    @OptionGroup var signing: SigningOptions

    func validate() throws {
        if let noLabel, noLabel.allSatisfy(\.isWhitespace) || noLabel.count > 500 {
            throw ValidationError("--no-label requires a reason of at most 500 characters.")
        }
    }

    /// The marks to apply to the frames; decided only here.
    var marks: Marks { Marks(label: noLabel.map { .leftOff(reason: $0) } ?? .shown) }
}
