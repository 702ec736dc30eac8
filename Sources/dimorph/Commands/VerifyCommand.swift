import ArgumentParser
import Commands
import Foundation
import Provenance
import Workspace

struct VerifyCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks a video or picture for synthetic-media marks and reports whether it was modified.",
        discussion: """
            Looks for Content Credentials, the invisible watermark, the visible label, metadata, and an entry in the ledgers \
            of workspaces (--workspace, and the folder FILE.dimorph if it exists). The absence of marks does not prove that a \
            file is genuine.

            The watermark is searched in this order: upright, mirrored and rotated by 90 degrees, rotated by any angle, \
            stretched by up to a third, and in parts of the picture. The result lists the transforms that were tried.

            EXIT CODES (for several files, the highest)
              0    marked as synthetic
              1    no mark found
              2    modified after signing, or wrong usage
              3    unreadable

            EXAMPLES
              dimorph verify swapped.mp4
              dimorph verify *.mp4 --json --workspace project --anchor studio-root.pem
            """)

    @Argument(help: ArgumentHelp("Videos or pictures.", valueName: "file"))
    var files: [String]

    @Option(
        name: .customLong("workspace"), parsing: .upToNextOption,
        help: ArgumentHelp("Project folders whose ledgers are searched.", valueName: "folder"))
    var workspaces: [String] = []

    @Option(
        name: .customLong("anchor"), parsing: .upToNextOption,
        help: ArgumentHelp("Trusted root certificates (PEM).", valueName: "file"))
    var anchors: [String] = []

    @OptionGroup var common: OutputOptions

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        let layer = try CredentialsLayer(anchors: anchors.map { URL(filePath: $0) })
        let named = try workspaces.map { try Workspace.open(URL(filePath: $0), create: false).ledger }
        var code: Int32 = 0
        for file in files {
            let beside = Ledger(folder: URL(filePath: file + ".dimorph"))
            let isThere = FileManager.default.fileExists(atPath: beside.file.path)
            let verifier = Verifier(
                credentials: layer, ledgers: named + (isThere ? [beside] : [])
            )
            let verdict = try verifier.verify(file)
            console.result(verdict.text)
            try console.object(verdict)
            code = max(code, verdict.verdict.exitCode)
        }
        // Thrown for 0 too: the exit code is the verdict, even if the text could not be written.
        throw VerdictCode(code: code)
    }
}
