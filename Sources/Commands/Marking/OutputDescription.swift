import Architectures
import Foundation
import Provenance

/// Description of an output's creation, for the file and the ledger.
package struct OutputDescription {
    package var target: URL?
    package var models: [ModelReference]
    package var consents: [ConsentReference]
    package var marks = Marks()
    /// The swap; `nil` for a picture composed of several swaps.
    package var statement: SwapStatement?
    /// Whether no face was swapped: the output is then written without marks, signature and ledger entry.
    package var isUnchanged = false
    package var settings = JSONValue.null

    package init(
        target: URL? = nil, models: [ModelReference] = [], consents: [ConsentReference],
        marks: Marks = Marks()
    ) {
        (self.target, self.models, self.consents, self.marks) = (target, models, consents, marks)
    }

    /// Hash of a model file; `nil` if it can no longer be read.
    package static func model(_ file: URL) throws -> ModelReference {
        ModelReference(
            architecture: try ModelFile(file).card.architecture, sha256: try Digest.sha256(of: file))
    }
}
