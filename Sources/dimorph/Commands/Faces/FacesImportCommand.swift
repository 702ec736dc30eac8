import ArgumentParser
import Commands
import Curation
import Foundation
import Workspace

struct FacesImportCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports a face set: an export, or the aligned pictures of another tool.",
        discussion: """
            A folder with faces.json, as written by `dimorph faces export`, is imported without changes. In any other folder, \
            the face nearest to the centre of each picture (PNG or JPEG of any size) is used; its landmarks are detected \
            again and it is cropped as by extraction. All pictures should show one person. Pictures without a face are \
            counted and listed. An interrupted import resumes when the same command is run again. Several folders can be \
            imported into one set, one after the other. The imported set is ready for training.

            EXAMPLE
              dimorph faces import aligned --set anna --workspace project
            """)

    @Argument(help: "Path of the folder to import.")
    var folder: String

    @Option(help: ArgumentHelp("Face set to create or, for pictures, to extend.", valueName: "name"))
    var set: String

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        do { try Workspace.checkSetName(set) } catch { throw ValidationError("--set: \(error).") }
    }

    func execute(_ console: Console) throws {
        let url = URL(filePath: folder)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw InputError("\(folder) is not a folder; specify a folder of pictures")
        }
        var workspace = try Workspace.open(project.url, create: true)
        workspace.settings.take(common)
        let pipeline = try Pipeline(workspace, console: console)
        let analyser = try pipeline.analyser(smallestFace: workspace.settings.extraction.minimumFaceWidth)
        let summary = try pipeline.session.working {
            try FaceImport(workspace, set: set, progress: console.progress) { picture in
                analyser.reset()
                return try analyser.observe(picture, embedding: .always)
            }.run(url)
        }
        printSummary(summary, workspace, console)
    }

    private func printSummary(_ summary: ImportSummary, _ workspace: Workspace, _ console: Console) {
        let notes = [
            ("no face was found in", summary.withoutFace), ("could not be read:", summary.unreadable),
            ("more than one face, the central one used, in", summary.several),
        ]
        for (words, names) in notes where !names.isEmpty {
            let shown = names.prefix(10).joined(separator: ", ")
            let more = names.count > 10 ? " and \(names.count - 10) more" : ""
            console.say("note: \(words) \(shown)\(more)")
        }
        console.report(
            ProgressEvent(
                stage: "import", message: "done", fraction: 1,
                values: [
                    "faces": Double(summary.faces), "pictures": Double(summary.pictures),
                    "without_face": Double(summary.withoutFace.count),
                    "unreadable": Double(summary.unreadable.count),
                    "several_faces": Double(summary.several.count),
                ], files: ["set": workspace.packed(set: set).path]))
        console.result("set '\(set)': \(counted(summary.faces, "face")), ready for training")
    }
}
