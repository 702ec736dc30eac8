import ArgumentParser
import Commands
import Foundation
import Pictures
import Training
import Workspace

struct InfoCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Shows information about a workspace, a video, or this installation.",
        discussion: """
            With --workspace: face sets, clips and model. With a video: size, frames, audio and the origin recorded in its \
            metadata. Without either: version, installation folder and devices.
            """)

    @Argument(help: ArgumentHelp("Path of a video.", valueName: "video"))
    var video: String?

    @Option(help: ArgumentHelp("Path of the project folder.", valueName: "folder"))
    var workspace: String?

    @Option(
        help: ArgumentHelp("Path of a PNG file for the training curves of --workspace.", valueName: "file")
    )
    var plot: String?

    @OptionGroup var common: RunOptions

    func validate() throws {
        guard let plot else { return }
        try WatchOptions.validate(plot: plot)
        guard workspace != nil, video == nil else {
            throw ValidationError("--plot requires --workspace.")
        }
    }

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        let facts: ModelDescription
        if let video {
            facts = try ModelDescription(video: Paths.checkVideo(video))
        } else if let workspace {
            let workspace = try Workspace.open(URL(filePath: workspace), create: false)
            if let plot { try Self.draw(workspace, to: Paths.checkOutput(plot, option: "--plot")) }
            facts = try ModelDescription(workspace: workspace)
        } else {
            facts = ModelDescription.installation
        }
        console.result(facts.text)
        if common.json { console.figures(try facts.json()) }
    }

    private static func draw(_ workspace: Workspace, to file: URL) throws {
        guard let history = try workspace.index.trainingHistory(), !history.points.isEmpty else {
            throw InputError("no model was trained in \(workspace.folder.path) yet; run `dimorph train`")
        }
        try TrainingPlot(history).picture().writePNG(to: file)
    }
}
