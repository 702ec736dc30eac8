import ArgumentParser
import Commands
import Foundation
import Provenance
import Workspace

struct ConsentAddCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Records a consent, and which face sets show its person.",
        discussion: """
            Of a document only name and SHA-256 are kept. A person who has a consent already can get another, such as a \
            longer one; the newest that holds counts. The workspace is made where there is none.
            """)

    @Option(help: ArgumentHelp("The person's name, or a pseudonym.", valueName: "name"))
    var person: String

    @Option(help: "What the use rests on.")
    var relation: Consent.Relation

    @Option(
        name: .customLong("set"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "Face sets that show the person; `swap` names its own source and target.", valueName: "set"))
    var sets: [String] = []

    @Option(
        name: .customLong("use"), parsing: .upToNextOption,
        help: ArgumentHelp("What it allows; both without this.", valueName: "use"))
    var uses: [Consent.Use] = []

    @Option(
        help: ArgumentHelp(
            "The release, licence or letter; signed-release and licensed-performer need one.",
            valueName: "file"))
    var document: String?

    @Option(help: ArgumentHelp("For what it is given, in words.", valueName: "text"))
    var scope: String?

    @Option(help: ArgumentHelp("Where it is given for, in words.", valueName: "text"))
    var territory: String?

    @Option(help: ArgumentHelp("The last day on which it holds, such as 2027-12-31.", valueName: "day"))
    var expires: String?

    @Option(help: ArgumentHelp("Who records it (default: the user of this machine).", valueName: "name"))
    var recorder: String?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func validate() throws {
        for set in sets {
            do { try Workspace.checkSetName(set) } catch { throw ValidationError("\(error).") }
        }
        if let expires, Self.end(of: expires) == nil {
            throw ValidationError("--expires \(expires): write a day such as 2027-12-31.")
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
        // Nothing is written where a set cannot be bound.
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
