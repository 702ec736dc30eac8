import ArgumentParser
import Commands
import Foundation
import Provenance

/// Who signs.
struct SigningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Certificates to sign outputs with, PEM, the signer's first (default: this installation's own).",
            valueName: "file"))
    var signingCert: String?

    @Option(help: ArgumentHelp("The key of --signing-cert, PEM, without a passphrase.", valueName: "file"))
    var signingKey: String?

    func validate() throws {
        guard (signingCert == nil) == (signingKey == nil) else {
            throw ValidationError("--signing-cert and --signing-key go together.")
        }
    }

    var files: SigningFiles? {
        guard let signingCert, let signingKey else { return nil }
        return SigningFiles(certificates: URL(filePath: signingCert), key: URL(filePath: signingKey))
    }
}

/// How an output is marked.
struct MarkingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Leave the visible \"AI\" tag off, for productions that tell their audience otherwise; the reason is recorded "
                + "in the file and in the ledger. All other marks stay.", valueName: "reason"))
    var noLabel: String?

    @OptionGroup var signing: SigningOptions

    func validate() throws {
        if let noLabel, noLabel.allSatisfy(\.isWhitespace) || noLabel.count > 500 {
            throw ValidationError("--no-label needs a reason, of at most 500 characters.")
        }
    }

    /// The one place that decides what is laid on the frames.
    var marks: Marks { Marks(label: noLabel.map { .leftOff(reason: $0) } ?? .shown) }
}
