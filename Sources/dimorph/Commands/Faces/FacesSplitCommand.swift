import ArgumentParser
import Commands
import Curation
import Foundation
import Provenance
import Workspace

struct FacesSplitCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Takes faces out of a set into another.",
        discussion: """
            Point at a face by its crop below sets/NAME, such as 1-film/000123.jpg, or by the number that `dimorph faces \
            list` shows. --person-of takes all tracks that are more like that face's than like the rest of the set, \
            --track-of the whole track that the face is from, --face the face alone. --into may be a new set or one that \
            there is.

            EXAMPLES
              dimorph faces split cast-1 --person-of 1-film/000123.jpg --into bert --workspace project
              dimorph faces split cast-1 --track-of 1-film/000123.jpg --into cast-2 --workspace project
            """)

    @Argument(help: ArgumentHelp("The set.", valueName: "set"))
    var set: String

    @Option(help: ArgumentHelp("A face; everything of its person goes.", valueName: "face"))
    var personOf: [String] = []

    @Option(help: ArgumentHelp("A face; its whole track goes.", valueName: "face"))
    var trackOf: [String] = []

    @Option(
        help: ArgumentHelp(
            "A track that goes, by its number, or CLIP:TRACK where clips share numbers.", valueName: "track"))
    var track: [String] = []

    @Option(help: ArgumentHelp("A face that goes alone.", valueName: "face"))
    var face: [String] = []

    @Option(help: ArgumentHelp("The set that they go to.", valueName: "name"))
    var into: String

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    private var choice: FaceSelection {
        var choice = FaceSelection()
        (choice.tracks, choice.tracksOf, choice.faces, choice.peopleOf) = (track, trackOf, face, personOf)
        return choice
    }

    func validate() throws {
        if choice.isEmpty {
            throw ValidationError("Say what to take: --person-of, --track-of, --track or --face.")
        }
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let pipeline = try Pipeline(workspace, console: console)
        let register = try workspace.consents.register()
        let outcome = try FaceRegrouping(workspace).split(set, choice, into: into)
        // A revoked consent closes the faces, whatever their set is called.
        if let known = register.entry(ofSet: set), known.revocation != nil, register.entry(ofSet: into) == nil
        {
            for event in register.carrying([set], into: into, known, at: Date()) {
                try workspace.consents.add(event)
            }
            console.say(
                "note: '\(into)' is bound to the revoked consent \(known.consent.id) of \(known.consent.person) too; if it shows "
                    + "somebody else: dimorph consent correct \(into) --to ID --reason TEXT")
        }
        try pipeline.finish(outcome.changed)
        pipeline.tell(outcome)
        if let words = try Self.consentNote(workspace, from: set, to: into) { console.say("note: \(words)") }
    }

    /// Faces that were bound to one person and now count as another's, in words; nil where that is not so.
    private static func consentNote(_ workspace: Workspace, from set: String, to other: String) throws
        -> String?
    {
        let register = try workspace.consents.register()
        guard let here = register.entry(ofSet: set)?.consent else { return nil }
        let there = register.entry(ofSet: other)?.consent
        guard there.map({ !Consent.isSame($0.person, here.person) }) ?? true else { return nil }
        return "'\(set)' shows \(here.person) (consent \(here.id)); of '\(other)' "
            + (there.map { "it is recorded that it shows \($0.person) (consent \($0.id))" }
                ?? "nobody has recorded whom it shows")
    }
}
