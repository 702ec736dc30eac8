import Foundation
import Provenance
import Workspace

/// Checks the consents of the people whose faces are used for training and conversion.
///
/// The check itself writes nothing. Consents given by flags and answers are recorded after all other checks
/// have passed: a rejected command leaves no record.
package struct ConsentPolicy {
    let workspace: Workspace
    package let console: Console
    let choice: ConsentChoice
    /// Interactive prompt on a terminal; `nil` to disable it.
    package let interview: ConsentPrompt?

    package init(
        workspace: Workspace, console: Console, choice: ConsentChoice = ConsentChoice(),
        interview: ConsentPrompt? = nil
    ) {
        (self.workspace, self.console) = (workspace, console)
        (self.choice, self.interview) = (choice, interview)
    }

    /// Checks the consents of the sets. The first set is the source, the second the target, others teach.
    ///
    /// - Throws: `ProvenanceError` with a sentence on how to record a consent.
    package func check(_ sets: [String]) throws -> CheckedConsents {
        let arguments = [choice.source, choice.target]
        return try check(
            sets.enumerated().map { place, set in
                (set, place == 1 ? .target : .source, place < 2 ? arguments[place] : nil)
            })
    }

    /// Checks the consents of several swaps, two for each: the source's, then the target's.
    package func check(swaps: [(source: String, target: String)]) throws -> CheckedConsents {
        try check(
            swaps.flatMap { [($0.source, .source, choice.source), ($0.target, .target, choice.target)] })
    }

    private func check(
        _ uses: [(set: String, use: Consent.Use, argument: ConsentArgument?)]
    ) throws -> CheckedConsents {
        var checked = CheckedConsents(workspace: workspace, console: console)
        let register = try workspace.standingConsents()
        for (set, use, argument) in uses {
            try ConcernedModels.naming(in: workspace, sets: [set]) {
                try check(set, use: use, argument: argument, in: register, &checked)
            }
        }
        return checked
    }

    /// The consents of the sets, in their order, as `check` finds them; what flags add is recorded.
    package func require(_ sets: [String]) throws -> [ConsentReference] { try check(sets).record() }

    /// Refuses sets whose consent was recorded and does not hold; those without a record may pass.
    package func refuseClosed(_ sets: [String]) throws {
        let register = try workspace.standingConsents()
        for (place, set) in sets.enumerated() where register.entry(ofSet: set) != nil {
            let use: Consent.Use = place == 1 ? .target : .source
            try ConcernedModels.naming(in: workspace, sets: [set]) {
                _ = try register.permission(
                    set: set, use: use, remedy: remedy(set: set, use: use, in: register))
            }
        }
    }

    /// Refuses a set whose consent was revoked: its faces do not leave the workspace.
    package func refuseRevoked(_ set: String) throws {
        let register = try workspace.standingConsents()
        guard let known = register.entry(ofSet: set), known.revocation != nil else { return }
        // A later consent of the same person opens it again.
        let outcomes = Consent.Use.allCases.map { use in
            Result {
                try register.permission(
                    set: set, use: use, remedy: remedy(set: set, use: use, in: register))
            }
        }
        guard !outcomes.contains(where: { (try? $0.get()) != nil }) else { return }
        _ = try outcomes[0].get()
    }

    private func check(
        _ set: String, use: Consent.Use, argument: ConsentArgument?, in stored: ConsentRegister,
        _ checked: inout CheckedConsents
    ) throws {
        let remedy = remedy(set: set, use: use, in: stored)
        let id = try argument.map { try self.id($0, set, use, in: stored, &checked) }
        let register = stored.with(checked.events)
        do {
            _ = try register.permission(set: set, use: use, naming: id, remedy: remedy)
            if let id { try checked.bind(set, to: id, in: register, remedy) }
        } catch let error as ProvenanceError where error.code == .noConsent && argument == nil {
            guard let consent = try interview?.ask(set: set, use: use) else { throw error }
            checked.add(consent)
            let register = stored.with(checked.events)
            try checked.bind(set, to: consent.id, in: register, remedy)
            _ = try stored.with(checked.events).permission(set: set, use: use, remedy: remedy)
        }
        checked.ask(set, use, naming: id, remedy)
    }

    /// The consent that a flag names; to be recorded where it is not yet.
    private func id(
        _ argument: ConsentArgument, _ set: String, _ use: Consent.Use, in stored: ConsentRegister,
        _ checked: inout CheckedConsents
    ) throws -> String {
        guard case .new(let relation, let person, let document) = argument else {
            guard case .recorded(let id) = argument else { return "" }
            return id
        }
        let consent = try Consent(
            person: person, relation: relation, uses: [use],
            document: document.map { try Consent.Document(URL(filePath: $0)) }, recorder: Self.recorder)
        let register = stored.with(checked.events)
        let known = register.entry(ofSet: set)
        // A repeated command uses the consent that it recorded before.
        let earlier = register.entries(of: person).last {
            $0.consent.relation == relation && $0.consent.uses.contains(use)
                && $0.consent.document?.sha256 == consent.document?.sha256
                && $0.position >= known?.position ?? 0
        }
        if let earlier { return earlier.consent.id }
        if let known, known.revocation != nil {
            // A flag does not undo a revocation; the error gives the reason.
            _ = try register.permission(
                set: set, use: use, remedy: remedy(set: set, use: use, in: register))
        }
        checked.add(consent)
        return consent.id
    }

    /// Default name of who recorded a consent.
    package static var recorder: String {
        let name = NSFullUserName()
        return name.isEmpty ? (NSUserName().isEmpty ? "unknown" : NSUserName()) : name
    }

    /// Instructions on how to record a consent. A flag is suggested only if it would be accepted: it does not
    /// undo a revocation.
    private func remedy(set: String, use: Consent.Use, in register: ConsentRegister) -> String {
        let isRevoked = register.entry(ofSet: set)?.revocation != nil
        let flag = isRevoked ? "" : "or give --consent-\(use.rawValue) self:NAME; "
        return "To record one: dimorph consent add --person NAME --relation self --set \(set) --workspace "
            + "\(Self.quoted(workspace.folder.path)) (\(flag)see `dimorph help consent add`)"
    }

    private static func quoted(_ path: String) -> String { path.contains(" ") ? "'\(path)'" : path }
}
