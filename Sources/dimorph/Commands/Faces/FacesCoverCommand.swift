import ArgumentParser
import Commands
import Curation
import Foundation
import Media
import Workspace

struct FacesCoverCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "cover",
        abstract: "Shows which poses and expressions a set has, and what it lacks for another.",
        discussion: """
            Two maps a person, printed and drawn: turn × nod and mouth × eyes. With a target, what the target does and the \
            source does not is marked and said in words: the model has to invent it. Documentation/FaceSets.md tells what the \
            maps mean and where their bins end.

            EXAMPLES
              dimorph faces cover anna ben --workspace project
              dimorph faces cover anna --output anna.png --workspace project
            """)

    @Argument(help: ArgumentHelp("Face set of the person whose face is put in.", valueName: "source"))
    var source: String

    @Argument(help: ArgumentHelp("Face set of the person whose face is replaced.", valueName: "target"))
    var target: String?

    @OptionGroup var project: WorkspaceOption

    @Option(
        help: ArgumentHelp(
            "The picture to make: .png or .jpg (default: previews/coverage-SOURCE-TARGET.png in the workspace).",
            valueName: "file"))
    var output: String?

    @OptionGroup var common: OutputOptions

    func validate() throws { try Paths.validatePicture(output) }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let names = [source] + (target.map { [$0] } ?? [])
        let file = try Paths.picture(
            output, "coverage-\(names.joined(separator: "-")).png", in: workspace)
        let people = try names.map { name in
            let faces = try SetCuration(workspace, set: name).faces().filter { $0.rejection == nil }
            guard !faces.isEmpty else {
                throw CurationError(
                    .notFound,
                    "set '\(name)' has no faces that stay; `dimorph faces restore \(name)` brings some back")
            }
            return (name: name, coverage: Coverage(faces))
        }
        let comparison =
            people.count > 1
            ? CoverageComparison(source: people[0].coverage, target: people[1].coverage) : nil
        var report: CoverageReport
        let drawing: CoverageDrawing
        if let comparison {
            report = CoverageReport(source: names[0], target: names[1], comparison)
            drawing = CoverageDrawing(
                source: names[0], target: names[1], comparison, notes: report.sentences)
        } else {
            report = CoverageReport(names[0], people[0].coverage)
            drawing = CoverageDrawing(names[0], people[0].coverage, notes: report.sentences)
        }
        try PictureFile.write(drawing.picture, to: file)
        report.map = file.path
        console.result(CoverageText.lines(people, comparison).joined(separator: "\n"))
        console.result(report.sentences.joined(separator: "\n"))
        console.result("the map: \(file.path)")
        try console.object(report)
    }
}
