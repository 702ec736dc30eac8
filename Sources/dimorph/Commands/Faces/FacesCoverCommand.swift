import ArgumentParser
import Commands
import Curation
import Foundation
import Media
import Workspace

struct FacesCoverCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "cover",
        abstract: "Shows which poses and expressions a face set covers.",
        discussion: """
            Prints and draws two histograms per person: yaw × pitch and mouth × eye opening. With a target, bins that the \
            target covers and the source does not are marked and listed, because the model has to extrapolate there. \
            Documentation/FaceSets.md describes the histograms and their bins.

            EXAMPLES
              dimorph faces cover anna ben --workspace project
              dimorph faces cover anna --output anna.png --workspace project
            """)

    @Argument(help: ArgumentHelp("Face set of the source person.", valueName: "source"))
    var source: String

    @Argument(help: ArgumentHelp("Face set of the target person.", valueName: "target"))
    var target: String?

    @OptionGroup var project: WorkspaceOption

    @Option(
        help: ArgumentHelp(
            "Path of the picture to write (.png, .jpg; default: previews/coverage-SOURCE-TARGET.png in the workspace).",
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
                    "set '\(name)' has no included faces; restore some with `dimorph faces restore \(name)`")
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
        console.result("coverage map: \(file.path)")
        try console.object(report)
    }
}
