import ArgumentParser
import Commands
import Curation
import Workspace

struct FacesListCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the faces of a set with their measurements.",
        discussion: """
            KEYS
            \(keys)

            EXAMPLES
              dimorph faces list anna --sort sharpness --limit 20 --workspace project
              dimorph faces list anna --where 'yaw > 30 and mouth > 0.1' --workspace project
            """)

    /// Description of each key, for the help page.
    static var keys: String {
        SortKey.allCases.map {
            "  \($0.rawValue.padding(toLength: 13, withPad: " ", startingAt: 0))\($0.meaning)"
        }
        .joined(separator: "\n")
    }

    @OptionGroup var target: FaceSetOptions

    @Option(
        help: ArgumentHelp("Sort by this key, best first (default: order of frames).", valueName: "key"))
    var sort: SortKey?

    @Flag(help: "Reverse the order.")
    var reverse = false

    @Option(help: ArgumentHelp("Maximum number of faces to list.", valueName: "count"))
    var limit: Int?

    @OptionGroup var choice: FaceChoiceOptions
    @OptionGroup var common: OutputOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit \(limit): must be at least 1.") }
    }

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        let curation = try target.open()
        var faces = try choice.chosen(target.faces(curation, console))
        if let sort {
            faces = sort.sorted(faces, reversed: reverse)
        } else if reverse {
            faces.reverse()
        }
        let shown = Array(faces.prefix(limit ?? faces.count))
        for face in shown { try console.object(FaceLine(face)) }
        let keys = FaceTable.usual + (sort.map { FaceTable.usual.contains($0) ? [] : [$0] } ?? [])
        console.result(FaceTable(shown, keys: keys).text)
        console.result("\(shown.count) of \(faces.count) faces")
    }
}
