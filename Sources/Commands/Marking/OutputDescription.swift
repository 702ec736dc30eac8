import Architectures
import Foundation
import Provenance

/// What is told of an output's making, in the file and in the ledger.
package struct OutputDescription {
    package var target: URL?
    package var models: [ModelReference]
    package var consents: [ConsentReference]
    package var marks = Marks()
    /// What was swapped; nil for a picture that is made of several swaps.
    package var statement: SwapStatement?
    /// Whether no face was swapped: the output is written without marks, signature and entry in the ledger.
    package var isUnchanged = false
    package var settings = JSONValue.null

    package init(
        target: URL? = nil, models: [ModelReference] = [], consents: [ConsentReference],
        marks: Marks = Marks()
    ) {
        (self.target, self.models, self.consents, self.marks) = (target, models, consents, marks)
    }

    /// A file's model by hash; nil where it cannot be read any more.
    package static func model(_ file: URL) throws -> ModelReference {
        ModelReference(
            architecture: try ModelFile(file).card.architecture, sha256: try Digest.sha256(of: file))
    }
}
