import ArgumentParser
import Commands
import Curation
import Foundation
import Workspace

struct FacesGroupCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "group",
        abstract: "Lists the people in the face sets, or clusters them again.",
        discussion: """
            For each person: set, faces, seconds of video, tracks, clips, similarity within the set (median cosine to the \
            mean identity embedding), and the most similar other set: a high similarity can mean one person in two sets. With \
            the name of a footage group (`dimorph extract --everyone`), lists only its people.

            --relabel clusters the people of the footage again: a higher --likeness gives more people, a lower one fewer. \
            Sets keep their names according to the faces they have in common. Manual merges and splits are discarded.

            EXAMPLES
              dimorph faces group cast --workspace project
              dimorph faces group cast --relabel --likeness 0.6 --workspace project
            """)

    @Argument(help: ArgumentHelp("Name of the footage group (default: all sets).", valueName: "footage"))
    var footage: String?

    @Flag(help: "Cluster the people of the footage again.")
    var relabel = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --relabel: minimum cosine similarity of two tracks of one person, 0 to 1 (default: derived from the footage).",
            valueName: "cosine"))
    var likeness: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --relabel: minimum number of faces of a person to create a set (default: 20).",
            valueName: "number"))
    var fewest: Int?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func validate() throws {
        if relabel, footage == nil { throw ValidationError("--relabel requires the name of the footage.") }
        if likeness != nil || fewest != nil, !relabel {
            throw ValidationError("--likeness and --fewest require --relabel.")
        }
        if let likeness, !(0...1).contains(likeness) {
            throw ValidationError("--likeness \(likeness): must be between 0 and 1.")
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
                "there is no set '\(footage)' in \(workspace.folder.path); `dimorph info` lists the existing ones"
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
            let outcome = try footage.assignPeople(
                fewest: fewest ?? Pipeline.fewestFaces, likeness: likeness ?? (given == 0 ? nil : given),
                fromScratch: true)
            try pipeline.finish(footage.people().map(\.name))
            return (outcome, try pipeline.writeSheet(name, footage.report()))
        }
        console.result(
            "clustered at a similarity of \(String(format: "%.2f", outcome.threshold.value)); "
                + "\(counted(outcome.unassigned, "face")) without a set")
        if let sheet { console.result("contact sheet: \(sheet.path)") }
    }
}
