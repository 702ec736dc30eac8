import ArgumentParser
import Commands
import Foundation
import Vision
import Workspace

struct ExtractCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Extracts faces from videos and pictures into face sets.",
        discussion: """
            If several people are visible, the most frequent one is extracted, or the one in --reference. Crops are stored as \
            pictures in the workspace under sets/NAME; crops that you delete are excluded when the set is packed again. \
            Running the command again with additional videos extends the set.

            Pictures in a folder are treated as the frames of a video if they are numbered, have the same size and differ \
            little from one to the next; otherwise as unrelated photographs. A pattern such as frames/%04d.png always \
            means frames.

            The options --every to --size are stored with the set and remain in effect until they are given again. --every, \
            --from, --to, --max-faces and a smaller --min-face change which faces are detected: the videos are then analysed \
            again.

            With --everyone, a set is created for each person: NAME-1 for the most frequent one, NAME-2, and so on, with a \
            contact sheet of all. Further videos are assigned to the existing sets. Correct mistakes with `dimorph faces \
            merge` and `dimorph faces split`.

            EXAMPLES
              dimorph extract take1.mp4 take2.mp4 --set anna --workspace project
              dimorph extract film.mkv --from 1:02:00 --to 1:07:30 --every 2 --set anna --workspace project
              dimorph extract film.mp4 --set cast --everyone --workspace project
            """)

    @Argument(
        help: ArgumentHelp("Videos, pictures, folders of pictures, or picture patterns.", valueName: "video"))
    var videos: [String]

    @Option(help: ArgumentHelp("Face set to create or extend.", valueName: "name"))
    var set: String

    @Option(help: ArgumentHelp("Picture of the person to extract.", valueName: "picture"))
    var reference: String?

    @Flag(help: "Create a set for each person; --reference then only reports which one it shows.")
    var everyone = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --everyone: minimum number of faces of a person to create a set (default: 20).",
            valueName: "number"))
    var fewest: Int?

    @OptionGroup(title: "Extraction") var flags: ExtractionFlags
    @Flag(help: .private) var plain = false
    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        if let fewest {
            guard everyone else { throw ValidationError("--fewest requires --everyone.") }
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
