import ArgumentParser
import Foundation
import Workspace

struct ConvertCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Puts the model's face into a video.",
        discussion: """
            The video's sound, times, size and colours stay. Frames without the target's face pass through unchanged. The \
            result carries a small "AI" tag in a corner, and says in its metadata that it is synthetic.

            EXAMPLE
              dimorph convert --target b.mp4 --output swapped.mp4 --workspace project
            """)

    @Option(help: ArgumentHelp("The video in which the face is replaced.", valueName: "video"))
    var target: String

    @Option(help: ArgumentHelp("The video to make: .mp4, .mov or .mkv.", valueName: "file"))
    var output: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "For models of amp: how much of the source the face takes, 0 to 1.", valueName: "share"))
    var morph: Double = 1

    @OptionGroup(title: "Encoding") var encoding: EncodingOptions
    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        try Paths.validateOutput(output, inputs: [target])
        try encoding.validate(output: output)
        guard (0...1).contains(morph) else {
            throw ValidationError("--morph \(morph): must lie between 0 and 1.")
        }
    }

    func execute(_ console: Console) throws {
        let video = try Paths.checkVideo(target)
        let file = try Paths.checkOutput(output)
        var workspace = try Workspace.open(project.url, create: false)
        workspace.settings.take(common)
        try Pipeline(workspace, console: console)
            .convert(
                target: video, output: file, encoding: encoding.settings(workspace.settings.encoding),
                morph: morph)
        console.result("the swapped video: \(output)")
    }
}
