import ArgumentParser
import Commands
import Files
import Foundation
import Workspace

struct SwapCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "swap",
        abstract: "Swaps the face in a video: runs extract, train and convert.",
        discussion: """
            Trains a model of the face in --source and swaps it into --target. Intermediate files are stored in a workspace, \
            by default the folder OUTPUT.dimorph beside the output. After an interruption with Ctrl-C, the same command \
            resumes; with more --minutes, it continues training and converts again.

            EXAMPLES
              dimorph swap --source a.mp4 --target b.mp4 --output swapped.mp4 --minutes 10
              dimorph swap --source take1.mp4 take2.mp4 --target b.mov --output c.mov
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Videos or folders of pictures of the source person.", valueName: "video"))
    var source: [String]

    @Option(
        help: ArgumentHelp("Path of the video or picture in which the face is replaced.", valueName: "video"))
    var target: String

    @Option(
        help: ArgumentHelp(
            "Path of the video to write (.mp4, .mov, .mkv); for a target picture, a picture.",
            valueName: "file"))
    var output: String

    @Flag(help: "Overwrite an existing file at --output that was not made by Dimorph.")
    var overwrite = false

    @Option(
        help: ArgumentHelp(
            "Picture of the source person, if --source shows several people.", valueName: "picture"))
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "Architecture of a new model; `dimorph models` lists them.",
            valueName: "name"))
    var architecture: String?

    @Flag(
        help:
            "If no face was swapped, copy the target without marks instead of reporting an error."
    )
    var allowUnchanged = false

    @OptionGroup(title: "Consent") var consents: ConsentOptions
    @OptionGroup(title: "Training") var stop: StopOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Marks") var marking: MarkingOptions
    @OptionGroup(title: "Compositing") var compositing: CompositingOptions
    @OptionGroup(title: "Encoding") var encoding: EncodingOptions

    @Option(help: ArgumentHelp("Path of the project folder (default: OUTPUT.dimorph).", valueName: "folder"))
    var workspace: String?

    @OptionGroup var common: RunOptions

    func validate() throws {
        guard !source.isEmpty else { throw ValidationError("--source requires at least one video.") }
        try Paths.validateOutput(output, target: target, inputs: source)
        try encoding.validate(output: output)
    }

    func execute(_ console: Console) throws {
        var job = SwapRun(
            source: try source.map(Paths.checkMaterial),
            target: try Paths.checkTarget(target, output: output),
            output: try Paths.checkOutput(output), reference: reference.map { URL(filePath: $0) },
            workspace: workspace.map { URL(filePath: $0) }
                ?? TemporaryName.beside(URL(filePath: output), ending: ".dimorph"))
        job.allowsUnchanged = allowUnchanged
        var project = try Workspace.open(job.workspace, create: true)
        project.settings.take(common, training)
        compositing.take(into: &project.settings.swapping)
        let preset = project.settings.training.trainingPreset
        let pipeline = try Pipeline(
            project, consents: consents.choice, signing: marking.signing.files, console: console,
            overwrites: overwrite)
        try job.run(
            pipeline, stop: stop.rule(preset: preset), choice: TrainingChoice(architecture: architecture),
            encoding: encoding.settings(project.settings.encoding), marks: marking.marks)
        console.result("the swapped video: \(output)\nthe preview: \(pipeline.previewFile.path)")
    }
}
