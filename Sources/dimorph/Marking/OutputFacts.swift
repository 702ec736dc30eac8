import Architectures
import Foundation
import Provenance
import Swapping

/// What is told of an output's making, in the file and in the ledger.
struct OutputFacts {
    var target: URL?
    var models: [ModelReference] = []
    var consents: [ConsentReference]
    var marks = Marks()
    var settings = JSONValue.null

    /// A file's model by hash; nil where it cannot be read any more.
    static func model(_ file: URL) throws -> ModelReference {
        ModelReference(
            architecture: try ModelFile(file).card.architecture, sha256: try Digest.sha256(of: file))
    }
}
