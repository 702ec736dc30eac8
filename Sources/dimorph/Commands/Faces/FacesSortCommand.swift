import ArgumentParser
import Commands
import Curation
import Foundation
import Media
import Workspace

struct FacesSortCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "sort",
        abstract: "Draws a contact sheet of the faces of a set, sorted by a measurement.",
        discussion: """
            The sheet shows the best faces first, each with its value and its number, which `dimorph faces reject --faces` \
            accepts. The keys are listed by `dimorph help faces list`. If there are more faces than --limit, the sheet shows \
            an even sample of the sorted faces; --first limits it to the beginning.

            EXAMPLES
              dimorph faces sort anna --by sharpness --workspace project
              dimorph faces sort anna --by occlusion --reverse --first 60 --workspace project
            """)

    @OptionGroup var target: FaceSetOptions

    @Option(help: ArgumentHelp("Sort by this key.", valueName: "key"))
    var by: SortKey

    @Flag(help: "Reverse the order.")
    var reverse = false

    @Option(help: ArgumentHelp("Show only this many faces from the beginning.", valueName: "count"))
    var first: Int?

    @Option(help: ArgumentHelp("Maximum number of faces to show.", valueName: "count"))
    var limit = 240

    @Option(
        help: ArgumentHelp(
            "Path of the picture to write (.png, .jpg; default: previews/SET-KEY.png in the workspace).",
            valueName: "file"))
    var output: String?

    @OptionGroup var choice: FaceChoiceOptions
    @OptionGroup var common: OutputOptions

    func validate() throws {
        guard (1...5000).contains(limit) else {
            throw ValidationError("--limit \(limit): must be between 1 and 5000.")
        }
        if let first, first < 1 { throw ValidationError("--first \(first): must be at least 1.") }
        try Paths.validatePicture(output)
    }

    func execute(_ console: Console) throws {
        let curation = try target.open()
        let all = by.sorted(try choice.chosen(target.faces(curation, console)), reversed: reverse)
        let sorted = Array(all.prefix(first ?? all.count))
        guard !sorted.isEmpty else {
            throw CurationError(
                .notFound,
                "set '\(curation.name)' has no such faces; see `dimorph faces list \(curation.name) --all`")
        }
        let file = try Paths.picture(output, "\(curation.name)-\(by.rawValue).png", in: curation.workspace)
        let shown = ContactSheet.spread(sorted, limit: limit)
        try PictureFile.write(
            ContactSheet(curation, by: by).picture(shown, first: sorted.count, of: all.count), to: file)
        let missing = sorted.count { by.value(of: $0) == nil }
        if missing > 0 {
            console.say("note: \(missing) faces have no value for \(by.rawValue); they are shown last")
        }
        console.result("\(shown.count) of \(sorted.count) faces of '\(curation.name)': \(file.path)")
        console.report(
            ProgressEvent(
                stage: "sort", message: "done", fraction: 1,
                values: ["faces": Double(sorted.count), "shown": Double(shown.count)],
                files: ["sheet": file.path]))
    }
}

extension Paths {
    /// Throws a usage error if the name is not that of a picture.
    static func validatePicture(_ path: String?) throws {
        guard let path else { return }
        guard ["png", "jpg", "jpeg"].contains(URL(filePath: path).pathExtension.lowercased()) else {
            throw ValidationError("--output \(path): the name must end in .png or .jpg.")
        }
    }

    /// Path of the requested picture, or of the default one in the workspace's previews.
    static func picture(_ path: String?, _ name: String, in workspace: Workspace) throws -> URL {
        if let path { return try checkOutput(path) }
        try Workspace.makeFolder(workspace.previewsFolder)
        return workspace.previewsFolder.appending(path: name)
    }
}
