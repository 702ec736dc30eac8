import ArgumentParser
import Commands
import Foundation
import Provenance
import Workspace

struct VerifyCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Tells what says that a video or picture is synthetic, and whether it was changed since.",
        discussion: """
            Looks for Content Credentials, the invisible watermark, the visible tag, the metadata, and an entry in the \
            ledgers of workspaces (--workspace, and the folder FILE.dimorph where there is one). A mark that is found \
            informs; none that is found proves nothing.

            The watermark is searched upright, mirrored and turned by quarters, turned by any angle, stretched by up to a \
            third, and in parts of the picture, in this order; what was tried is part of the answer.

            EXIT CODES (of several files the greatest)
              0    marked as synthetic
              1    no mark found
              2    changed after it was signed; or wrong usage
              3    cannot be read

            EXAMPLES
              dimorph verify swapped.mp4
              dimorph verify *.mp4 --json --workspace project --anchor studio-root.pem
            """)

    @Argument(help: ArgumentHelp("Videos or pictures.", valueName: "file"))
    var files: [String]

    @Option(
        name: .customLong("workspace"), parsing: .upToNextOption,
        help: ArgumentHelp("Folders whose ledgers are asked.", valueName: "folder"))
    var workspaces: [String] = []

    @Option(
        name: .customLong("anchor"), parsing: .upToNextOption,
        help: ArgumentHelp("Root certificates, PEM, whose signers are trusted.", valueName: "file"))
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
        // Also for 0: the code is the verdict, whether or not its words could be written.
        throw VerdictCode(code: code)
    }
}
