import ArgumentParser
import Foundation
import Media
import Workspace

struct InfoCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Tells about a workspace, a video, or this installation.",
        discussion: """
            With --workspace: its face sets, clips and model. With a video: its size, frames, sound and what its metadata \
            says about its making. Without either: version, home and devices.
            """)

    @Argument(help: ArgumentHelp("A video.", valueName: "video"))
    var video: String?

    @Option(help: ArgumentHelp("The project's folder.", valueName: "folder"))
    var workspace: String?

    @OptionGroup var common: RunOptions

    func execute(_ console: Console) throws {
        let facts: Facts
        if let video {
            facts = try Facts(video: Paths.checkVideo(video))
        } else if let workspace {
            facts = try Facts(workspace: Workspace.open(URL(filePath: workspace), create: false))
        } else {
            facts = Facts.installation
        }
        console.result(facts.text)
        if common.json { console.figures(try facts.json()) }
    }
}
