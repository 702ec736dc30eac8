import ArgumentParser
import Commands
import Evaluation
import Files
import Foundation
import Media
import Workspace

struct DemoCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Runs a swap on the included sample clips and measures the result.",
        discussion: """
            Swaps one rendered person into a clip of another, both in the public domain, and compares the result with the \
            rendered ground truth. Prints the paths of the video, the preview and the measurements.
            """)

    @Option(parsing: .unconditional, help: ArgumentHelp("Training time in minutes.", valueName: "minutes"))
    var minutes: Double = 5

    @Option(help: ArgumentHelp("Path of the project folder (default: OUTPUT.dimorph).", valueName: "folder"))
    var workspace: String?

    @Option(help: ArgumentHelp("Path of the video to write (.mp4, .mov, .mkv).", valueName: "file"))
    var output = "dimorph-demo.mp4"

    @OptionGroup var training: TrainingOptions
    @OptionGroup var common: RunOptions

    func validate() throws {
        guard minutes > 0, minutes.isFinite else {
            throw ValidationError("--minutes \(minutes): must be more than 0, such as --minutes 5.")
        }
        try Paths.validateOutput(output, inputs: [])
    }

    func execute(_ console: Console) throws {
        let output = try Paths.checkOutput(output)
        let job = SwapRun(
            source: [try Installation.sample("performer-a.mp4")],
            target: try Installation.sample("target-c.mp4"),
            output: output,
            workspace: workspace.map { URL(filePath: $0) }
                ?? TemporaryName.beside(URL(filePath: self.output), ending: ".dimorph"))
        var project = try Workspace.open(job.workspace, create: true)
        project.settings.take(common, training)
        let pipeline = try Pipeline(project, console: console)
        try DemoConsents.record(in: project)
        let times = try job.run(
            pipeline, stop: .init(minutes: minutes), encoding: EncodingSettings(project.settings.encoding))
        let report = try Evaluator(analyser: pipeline.analyser(), progress: console.progress).evaluate(
            output: output, target: job.target, source: job.source[0],
            truth: try Installation.sample("truth-a-as-c.mp4"),
            mask: try Installation.sample("target-c-mask.mkv"))
        let figures = job.workspace.appending(path: "figures.json")
        try DurableFile.write(report.json(), to: figures)
        console.report(
            ProgressEvent(
                stage: "demo", message: "done", fraction: 1,
                values: Dictionary(uniqueKeysWithValues: times.map { ("\($0.stage)_seconds", $0.seconds) }),
                files: ["video": output.path, "preview": pipeline.previewFile.path, "figures": figures.path]))
        console.result(report.table)
        let spent = times.map { "\($0.stage) \(ProgressEvent.duration($0.seconds))" }.joined(separator: ", ")
        console.result(
            "time: \(spent)\nthe swapped video: \(output.path)\nthe preview: \(pipeline.previewFile.path)\n"
                + "the figures: \(figures.path)")
    }
}
