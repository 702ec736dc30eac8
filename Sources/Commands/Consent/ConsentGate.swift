import Foundation
import Provenance
import Workspace

/// Lets faces through to training and conversion whose people have agreed.
package struct ConsentGate {
    let workspace: Workspace
    package let console: Console
    let choice: ConsentChoice
    /// Who asks on a terminal; nil asks nobody.
    package let interview: ConsentInterview?

    package init(
        workspace: Workspace, console: Console, choice: ConsentChoice = ConsentChoice(),
        interview: ConsentInterview? = nil
    ) {
        (self.workspace, self.console) = (workspace, console)
        (self.choice, self.interview) = (choice, interview)
    }

    /// The consents of the sets, in their order. The first set is the source, the second the target, others teach.
    ///
    /// - Throws: `ProvenanceError` with a sentence on how to record a consent.
    package func require(_ sets: [String]) throws -> [ConsentReference] {
        let arguments = [choice.source, choice.target]
        return try sets.enumerated().map { place, set in
            try ConcernedModels.naming(in: workspace, sets: [set]) {
                try require(
                    set, use: place == 1 ? .target : .source, argument: place < 2 ? arguments[place] : nil)
            }
        }
    }

    private func require(
        _ set: String, use: Consent.Use, argument: ConsentArgument?
    ) throws -> ConsentReference {
        let remedy = Self.remedy(set: set, use: use, workspace: workspace.folder)
        let book = workspace.consents
        let id = try argument.map { try self.id($0, set, use) }
        do {
            let reference = try book.register().permission(set: set, use: use, naming: id, remedy: remedy)
            if id != nil { try book.bind(set: set, to: reference.consent, remedy: remedy) }
            return reference
        } catch let error as ProvenanceError where error.code == .noConsent && argument == nil {
            guard let consent = try interview?.ask(set: set, use: use) else { throw error }
            try book.grant(consent)
            try book.bind(set: set, to: consent.id, remedy: remedy)
            return try book.register().permission(set: set, use: use, remedy: remedy)
        }
    }

    /// The consent that a flag names, recorded where it is not yet.
    private func id(_ argument: ConsentArgument, _ set: String, _ use: Consent.Use) throws -> String {
        guard case .new(let relation, let person, let document) = argument else {
            guard case .recorded(let id) = argument else { return "" }
            return id
        }
        let consent = try Consent(
            person: person, relation: relation, uses: [use],
            document: document.map { try Consent.Document(URL(filePath: $0)) }, recorder: Self.recorder)
        // The same command again goes on with what it recorded.
        let earlier = try workspace.consents.register().entries(of: person).last {
            $0.consent.relation == relation && $0.consent.uses.contains(use)
                && $0.consent.document?.sha256 == consent.document?.sha256
        }
        if let earlier { return earlier.consent.id }
        try workspace.consents.grant(consent)
        console.say(
            "note: consent \(consent.id) recorded: \(consent.person), \(relation.rawValue), as \(use.rawValue)"
        )
        return consent.id
    }

    /// Who is written down as having recorded a consent, where nobody says so.
    package static var recorder: String {
        let name = NSFullUserName()
        return name.isEmpty ? (NSUserName().isEmpty ? "unknown" : NSUserName()) : name
    }

    /// One sentence on how to record a consent.
    static func remedy(set: String, use: Consent.Use, workspace: URL) -> String {
        "To record one: dimorph consent add --person NAME --relation self --set \(set) --workspace "
            + "\(quoted(workspace.path)) (or give --consent-\(use.rawValue) self:NAME; `dimorph help consent add` tells more)"
    }

    private static func quoted(_ path: String) -> String { path.contains(" ") ? "'\(path)'" : path }
}
