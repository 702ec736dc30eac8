import ArgumentParser
import Foundation
import Provenance

/// Which consents a run rests on, as far as the command line says so.
package struct ConsentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Consent of the person whose face is put in: an ID of `dimorph consent list`, or RELATION:NAME[:DOCUMENT], "
                + "such as self:Anna, to record one.", valueName: "consent"))
    package var consentSource: ConsentArgument?

    @Option(
        help: ArgumentHelp("Consent of the person whose face is replaced; likewise.", valueName: "consent"))
    package var consentTarget: ConsentArgument?

    package init() {}

    package var choice: ConsentChoice { ConsentChoice(source: consentSource, target: consentTarget) }
}

/// The consents that somebody has named.
package struct ConsentChoice {
    var source: ConsentArgument?
    var target: ConsentArgument?

    package init(source: ConsentArgument? = nil, target: ConsentArgument? = nil) {
        (self.source, self.target) = (source, target)
    }
}

/// A consent as a flag names it: one that is recorded, or what is to be recorded.
package enum ConsentArgument: ExpressibleByArgument, Sendable {
    case recorded(id: String)
    case new(Consent.Relation, person: String, document: String?)

    package init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count > 1 else {
            guard !argument.isEmpty else { return nil }
            self = .recorded(id: argument)
            return
        }
        guard let relation = Consent.Relation(rawValue: parts[0]), !parts[1].isEmpty else { return nil }
        self = .new(relation, person: parts[1], document: parts.count > 2 ? parts[2] : nil)
    }
}

extension Consent.Relation: ExpressibleByArgument {}
extension Consent.Use: ExpressibleByArgument {}
