import ArgumentParser
import Commands

/// Whose face gets whose, as people write it: `ben=anna`, or `ben=anna@other-project` where another project's model draws it.
/// Both are names of face sets.
struct PersonMapping: ExpressibleByArgument, Sendable, Equatable {
    let target: String
    let source: String
    /// The project whose newest model draws the face; nil for the one that is worked in.
    let workspace: String?

    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let drawn = sides[1].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        target = String(sides[0])
        source = String(drawn[0])
        workspace = drawn.count > 1 ? String(drawn[1]) : nil
        guard !target.isEmpty, !source.isEmpty, workspace != "" else { return nil }
    }

    /// What edits call the person: `ben`, or `ben@other-project`.
    var person: String { workspace.map { "\(target)@\($0)" } ?? target }

    /// Usage: nobody gets two faces.
    static func validate(_ mappings: [PersonMapping], _ consents: ConsentOptions) throws {
        var seen: Set<String> = []
        for mapping in mappings where !seen.insert(mapping.person).inserted {
            throw ValidationError("--map names '\(mapping.person)' twice; a person gets one face.")
        }
        if mappings.count > 1, consents.consentSource != nil || consents.consentTarget != nil {
            throw ValidationError(
                "--consent-source and --consent-target speak of one person; with several --map record the consents with `dimorph consent add`."
            )
        }
    }
}
