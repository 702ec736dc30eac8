import Architectures
import Foundation
import Provenance
import Workspace

/// The models of a workspace that were made with a person's face.
package struct ConcernedModels {
    package let sentences: [String]

    /// - Parameter sets: face sets that show the person.
    package init(_ workspace: Workspace, sets: [String]) {
        let files = [workspace.modelFile, workspace.bestModelFile, workspace.checkpointFile]
        sentences = files.compactMap { file in
            guard let card = try? ModelFile(file).card,
                card.people.contains(where: { sets.contains($0.name) })
            else { return nil }
            let people = card.people.map(\.name).joined(separator: ", ")
            return "\(file.path) (\(card.architecture), people: \(people))"
        }
    }
}

extension ConcernedModels {
    /// Adds the affected models to an error.
    static func naming<Result>(
        in workspace: Workspace, sets: [String], _ body: () throws -> Result
    ) throws -> Result {
        do { return try body() } catch let error as ProvenanceError
            where error.code == .expired || error.code == .revoked
        {
            let models = ConcernedModels(workspace, sets: sets).sentences
            guard !models.isEmpty else { throw error }
            throw ProvenanceError(
                error.code, error.message + "\nmodels concerned: " + models.joined(separator: "; "))
        }
    }
}
