import ArgumentParser
import Commands

/// Assignment of a source face set to a target face set as an option value: `ben=anna`, or `ben=anna@other-project` to
/// use the model of another project.
struct PersonMapping: ExpressibleByArgument, Sendable, Equatable {
    let target: String
    let source: String
    /// Project whose newest model is used; `nil` for the current one.
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

    /// Name of the person in edit lists: `ben`, or `ben@other-project`.
    var person: String { workspace.map { "\(target)@\($0)" } ?? target }

    /// Throws a usage error if a target person occurs twice.
    static func validate(_ mappings: [PersonMapping], _ consents: ConsentOptions) throws {
        var seen: Set<String> = []
        for mapping in mappings where !seen.insert(mapping.person).inserted {
            throw ValidationError("--map contains '\(mapping.person)' twice; each target must be unique.")
        }
        if mappings.count > 1, consents.consentSource != nil || consents.consentTarget != nil {
            throw ValidationError(
                "--consent-source and --consent-target apply to one person; with several --map options record the consents with `dimorph consent add`."
            )
        }
    }
}
