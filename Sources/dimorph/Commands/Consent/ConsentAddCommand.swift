import ArgumentParser
import Commands
import Foundation
import Provenance
import Workspace

struct ConsentAddCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Records a consent and binds face sets to it.",
        discussion: """
            Only the name and SHA-256 of a document are stored. A person can have several consents, for example one that \
            extends another; the newest valid one applies. The workspace is created if it does not exist.
            """)

    @Option(help: ArgumentHelp("Name or pseudonym of the person.", valueName: "name"))
    var person: String

    @Option(help: "Legal basis of the use.")
    var relation: Consent.Relation

    @Option(
        name: .customLong("set"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Face sets that show the person; `swap` uses the sets source and target.", valueName: "set"))
    var sets: [String] = []

    @Option(
        name: .customLong("use"), parsing: .upToNextOption,
        help: ArgumentHelp("Permitted uses (default: both).", valueName: "use"))
    var uses: [Consent.Use] = []

    @Option(
        help: ArgumentHelp(
            "Path of the release, licence or letter; required for signed-release and licensed-performer.",
            valueName: "file"))
    var document: String?

    @Option(help: ArgumentHelp("Purpose of the consent, as free text.", valueName: "text"))
    var scope: String?

    @Option(help: ArgumentHelp("Territory of the consent, as free text.", valueName: "text"))
    var territory: String?

    @Option(help: ArgumentHelp("Last day of validity, such as 2027-12-31.", valueName: "day"))
    var expires: String?

    @Option(
        help: ArgumentHelp(
            "Name of the person who records it (default: the user of this machine).", valueName: "name"))
    var recorder: String?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func validate() throws {
        for set in sets {
            do { try Workspace.checkSetName(set) } catch { throw ValidationError("\(error).") }
        }
        if let expires, Self.end(of: expires) == nil {
            throw ValidationError("--expires \(expires): must be a date such as 2027-12-31.")
        }
    }

    func execute(_ console: Console) throws {
        let consent = try Consent(
            person: person, relation: relation, uses: uses.isEmpty ? Consent.Use.allCases : uses,
            scope: scope, territory: territory, expires: expires.flatMap(Self.end),
            document: document.map { try Consent.Document(URL(filePath: $0)) },
            recorder: recorder ?? ConsentPolicy.recorder)
        let workspace = try Workspace.open(project.url, create: true)
        let book = workspace.consents
        let register = try book.register()
        // Checks every set first, so that nothing is written if one cannot be bound.
        for set in sets {
            guard let known = register.entry(ofSet: set),
                !Consent.isSame(known.consent.person, consent.person)
            else { continue }
            throw ProvenanceError(
                .wrongPerson,
                "the face set '\(set)' shows \(known.consent.person) (consent \(known.consent.id)), not \(consent.person); "
                    + "nothing was recorded. If the wrong person was entered, record this consent without --set, then: dimorph "
                    + "consent correct \(set) --to ID --reason TEXT")
        }
        try book.grant(consent)
        for set in sets { try book.bind(set: set, to: consent.id, remedy: "") }
        let bound = sets.isEmpty ? "" : ", shown by \(sets.map { "'\($0)'" }.joined(separator: ", "))"
        console.result("consent \(consent.id): \(consent.person), \(relation.rawValue)\(bound)")
        try console.object(ConsentReport(try book.register(), consent.id))
    }

    /// The last second of a day, in UTC.
    static func end(of day: String) -> Date? {
        guard day.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil,
            let start = try? Date(day + "T00:00:00Z", strategy: .iso8601),
            ConsentRegister.day(start) == day
        else { return nil }
        return start.addingTimeInterval(86_399)
    }
}
