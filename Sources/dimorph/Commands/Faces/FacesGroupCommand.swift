import ArgumentParser
import Commands
import Curation
import Foundation
import Workspace

struct FacesGroupCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Lists the people of the sets, or tells them apart anew.",
        discussion: """
            For each person: set, faces, seconds in the picture, tracks, clips, how like each other the faces are (median \
            cosine to the set's identity), and who else is the most like this person: a high likeness may mean one person \
            in two sets. With a footage's name (`dimorph extract --everyone`) only its people.

            With --relabel the footage's people are told apart from the beginning: a higher --likeness makes more people of \
            them, a lower one fewer. Sets keep their names by the faces that they have in common. Merging and splitting by \
            hand is undone by it.

            EXAMPLES
              dimorph faces group cast --workspace project
              dimorph faces group cast --relabel --likeness 0.6 --workspace project
            """)

    @Argument(help: ArgumentHelp("The footage; without it, all sets.", valueName: "footage"))
    var footage: String?

    @Flag(help: "Tell the footage's people apart anew.")
    var relabel = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --relabel: cosine from which two tracks are one person's, 0 to 1; without it the footage decides.",
            valueName: "cosine"))
    var likeness: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --relabel: people with fewer faces get no set (default: 20).", valueName: "number"))
    var fewest: Int?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func validate() throws {
        if relabel, footage == nil { throw ValidationError("--relabel needs the footage's name.") }
        if likeness != nil || fewest != nil, !relabel {
            throw ValidationError("--likeness and --fewest need --relabel.")
        }
        if let likeness, !(0...1).contains(likeness) {
            throw ValidationError("--likeness \(likeness): must lie between 0 and 1.")
        }
        if let fewest, fewest <= 0 { throw ValidationError("--fewest \(fewest): must be more than 0.") }
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        if let footage, relabel { try retell(footage, workspace, console) }
        let people = try people(workspace)
        console.result(people.isEmpty ? "no people yet" : PeopleTable(people).text)
        try console.object(["people": people])
    }

    private func people(_ workspace: Workspace) throws -> [PersonReport] {
        let sets = try workspace.index.sets()
        guard let footage else {
            return try PersonReport.reports(of: sets.filter { $0.identity != nil }, workspace.index)
        }
        guard sets.contains(where: { $0.name == footage }) else {
            throw CurationError(
                .notFound,
                "there is no set '\(footage)' in \(workspace.folder.path); `dimorph info` lists those that are"
            )
        }
        let people = try Footage(workspace, name: footage).report()
        return people.isEmpty
            ? try PersonReport.reports(
                of: sets.filter { $0.name == footage && $0.identity != nil }, workspace.index)
            : people
    }

    private func retell(_ name: String, _ workspace: Workspace, _ console: Console) throws {
        let pipeline = try Pipeline(workspace, console: console)
        let footage = Footage(workspace, name: name)
        try footage.requireFootage()
        let given = workspace.settings.extraction.likeness
        let (outcome, sheet) = try pipeline.session.working {
            let outcome = try footage.tellApart(
                fewest: fewest ?? Pipeline.fewestFaces, likeness: likeness ?? (given == 0 ? nil : given),
                anew: true)
            try pipeline.finish(footage.people().map(\.name))
            return (outcome, try pipeline.writeSheet(name, footage.report()))
        }
        console.result(
            "told apart at a likeness of \(String(format: "%.2f", outcome.threshold.value)); "
                + "\(counted(outcome.unassigned, "face")) without a set")
        if let sheet { console.result("who is who: \(sheet.path)") }
    }
}
