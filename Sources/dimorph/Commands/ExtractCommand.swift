import ArgumentParser
import Commands
import Foundation
import Vision
import Workspace

struct ExtractCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Takes faces from videos and pictures into face sets.",
        discussion: """
            Of several people the one seen most is taken, or the one like the --reference. The crops lie in the workspace \
            under sets/NAME as pictures: those that you delete are left out when the set is packed again. Run again with \
            the same videos and further ones, the set grows.

            A folder of pictures is photographs, each looked at by itself, or the frames of a video: if they are numbered, of \
            one size, and each is nearly the same as the one before. A pattern such as frames/%04d.png always means frames.

            The options of --every to --size stay with the set until they are named anew. --every, --from, --to, \
            --max-faces and a smaller --min-face find other faces: the videos are looked at again.

            With --everyone each person gets a set: NAME-1 for whoever is seen most, NAME-2, and so on, and a contact \
            sheet shows who they are. With further videos, known people keep their sets. What it gets wrong is put right \
            by `dimorph faces merge` and `dimorph faces split`.

            EXAMPLES
              dimorph extract take1.mp4 take2.mp4 --set anna --workspace project
              dimorph extract film.mkv --from 1:02:00 --to 1:07:30 --every 2 --set anna --workspace project
              dimorph extract film.mp4 --set cast --everyone --workspace project
            """)

    @Argument(help: ArgumentHelp("Videos, pictures, folders or patterns of pictures.", valueName: "video"))
    var videos: [String]

    @Option(help: ArgumentHelp("The face set to make or to add to.", valueName: "name"))
    var set: String

    @Option(help: ArgumentHelp("A picture of the person whose faces are wanted.", valueName: "picture"))
    var reference: String?

    @Flag(help: "Make a set for each person; the --reference only names one of them.")
    var everyone = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --everyone: people with fewer faces get no set (default: 20).", valueName: "number"))
    var fewest: Int?

    @OptionGroup(title: "What is taken") var flags: ExtractionFlags
    @Flag(help: .private) var plain = false
    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        if let fewest {
            guard everyone else { throw ValidationError("--fewest needs --everyone.") }
            guard fewest > 0 else { throw ValidationError("--fewest \(fewest): must be more than 0.") }
        }
        do { try Workspace.checkSetName(set) } catch { throw ValidationError("--set: \(error).") }
    }

    func execute(_ console: Console) throws {
        let videos = try videos.map(Paths.checkMaterial)
        var workspace = try Workspace.open(project.url, create: true)
        workspace.settings.take(common)
        let pipeline = try Pipeline(workspace, console: console)
        let picture = reference.map { URL(filePath: $0) }
        let looking: AnalysisSettings = plain ? .everyFrame : AnalysisSettings()
        if everyone {
            try pipeline.extractEveryone(
                set: set, from: videos, reference: picture, fewest: fewest ?? Pipeline.fewestFaces,
                flags.options,
                looking: looking)
        } else {
            try pipeline.extract(set: set, from: videos, reference: picture, flags.options, looking: looking)
        }
    }
}
