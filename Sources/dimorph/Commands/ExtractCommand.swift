import ArgumentParser
import Foundation
import Vision
import Workspace

struct ExtractCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Takes one person's faces from videos and pictures into a face set.",
        discussion: """
            Of several people the one seen most is taken, or the one like the --reference. The crops lie in the workspace \
            under sets/NAME as pictures: those that you delete are left out when the set is packed again. Run again with \
            the same videos and further ones, the set grows.

            The options of --every to --size stay with the set until they are named anew. --every, --from, --to, \
            --max-faces and a smaller --min-face find other faces: the videos are looked at again.

            EXAMPLES
              dimorph extract take1.mp4 take2.mp4 --set anna --workspace project
              dimorph extract film.mkv --from 1:02:00 --to 1:07:30 --every 2 --set anna --workspace project
            """)

    @Argument(help: ArgumentHelp("Videos, or folders of pictures.", valueName: "video"))
    var videos: [String]

    @Option(help: ArgumentHelp("The face set to make or to add to.", valueName: "name"))
    var set: String

    @Option(help: ArgumentHelp("A picture of the person whose faces are wanted.", valueName: "picture"))
    var reference: String?

    @OptionGroup(title: "What is taken") var flags: ExtractionFlags
    @Flag(help: .private) var plain = false
    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        do { try Workspace.checkSetName(set) } catch { throw ValidationError("--set: \(error).") }
    }

    func execute(_ console: Console) throws {
        let videos = try videos.map(Paths.checkMaterial)
        var workspace = try Workspace.open(project.url, create: true)
        workspace.settings.take(common)
        try Pipeline(workspace, console: console)
            .extract(
                set: set, from: videos, reference: reference.map { URL(filePath: $0) }, flags.options,
                looking: plain ? .everyFrame : AnalysisSettings())
    }
}
