import ArgumentParser
import Foundation
import Provenance

/// Options that specify the consents of a run.
package struct ConsentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Consent of the source person: an ID from `dimorph consent list`, or RELATION:NAME[:DOCUMENT] to record one, "
                + "such as self:Anna.", valueName: "consent"))
    package var consentSource: ConsentArgument?

    @Option(
        help: ArgumentHelp("Consent of the target person, in the same format.", valueName: "consent"))
    package var consentTarget: ConsentArgument?

    package init() {}

    package var choice: ConsentChoice { ConsentChoice(source: consentSource, target: consentTarget) }
}

/// The consents given on the command line.
package struct ConsentChoice {
    var source: ConsentArgument?
    var target: ConsentArgument?

    package init(source: ConsentArgument? = nil, target: ConsentArgument? = nil) {
        (self.source, self.target) = (source, target)
    }
}

/// A consent as given by an option: the ID of a recorded one, or a new one to record.
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
