import ArgumentParser
import Commands
import Curation
import Foundation
import Provenance
import Workspace

struct FacesSplitCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Moves faces from one set into another.",
        discussion: """
            A face is specified by its crop file below sets/NAME, such as 1-film/000123.jpg, or by its number in `dimorph \
            faces list`. --person-of moves all tracks that are more similar to the track of that face than to the rest of the \
            set, --track-of the whole track of the face, --face only the face. --into names a new or an existing set.

            EXAMPLES
              dimorph faces split cast-1 --person-of 1-film/000123.jpg --into bert --workspace project
              dimorph faces split cast-1 --track-of 1-film/000123.jpg --into cast-2 --workspace project
            """)

    @Argument(help: ArgumentHelp("Face set.", valueName: "set"))
    var set: String

    @Option(help: ArgumentHelp("Move all tracks of the person with this face.", valueName: "face"))
    var personOf: [String] = []

    @Option(help: ArgumentHelp("Move the whole track of this face.", valueName: "face"))
    var trackOf: [String] = []

    @Option(
        help: ArgumentHelp(
            "Number of a track to move, or CLIP:TRACK if the number occurs in several clips.",
            valueName: "track"))
    var track: [String] = []

    @Option(help: ArgumentHelp("Move only this face.", valueName: "face"))
    var face: [String] = []

    @Option(help: ArgumentHelp("Face set that receives the faces.", valueName: "name"))
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
            throw ValidationError("Specify what to move: --person-of, --track-of, --track or --face.")
        }
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let pipeline = try Pipeline(workspace, console: console)
        let register = try workspace.consents.register()
        let outcome = try FaceRegrouping(workspace).split(set, choice, into: into)
        // A revoked consent applies to the faces regardless of the name of their set.
        if let known = register.entry(ofSet: set), known.revocation != nil, register.entry(ofSet: into) == nil
        {
            for event in register.carrying([set], into: into, known, at: Date()) {
                try workspace.consents.add(event)
            }
            console.say(
                "note: '\(into)' is bound to the revoked consent \(known.consent.id) of \(known.consent.person) as well; if it shows "
                    + "another person: dimorph consent correct \(into) --to ID --reason TEXT")
        }
        try pipeline.finish(outcome.changed)
        pipeline.printSummary(outcome)
        if let words = try Self.consentNote(workspace, from: set, to: into) { console.say("note: \(words)") }
    }

    /// Note about faces whose bound person changes with the move; `nil` if the person stays the same.
    private static func consentNote(_ workspace: Workspace, from set: String, to other: String) throws
        -> String?
    {
        let register = try workspace.consents.register()
        guard let here = register.entry(ofSet: set)?.consent else { return nil }
        let there = register.entry(ofSet: other)?.consent
        guard there.map({ !Consent.isSame($0.person, here.person) }) ?? true else { return nil }
        return "'\(set)' shows \(here.person) (consent \(here.id)); of '\(other)' "
            + (there.map { "it is recorded as showing \($0.person) (consent \($0.id))" }
                ?? "its person is not recorded")
    }
}
