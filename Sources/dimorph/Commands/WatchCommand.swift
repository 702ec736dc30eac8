import ArgumentParser
import Commands
import Foundation
import Training
import Workspace

struct WatchCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follows a training from another terminal or another machine.",
        discussion: """
            Reads the workspace, where it lies, and changes nothing in it: how far the training is, its curves, and the newest \
            preview. On a terminal it looks again every few seconds until Ctrl-C, elsewhere once. `touch project/stop` ends the \
            training, as if its time were over.

            EXAMPLES
              dimorph watch project
              ssh machine dimorph watch project --once
            """)

    @Argument(help: ArgumentHelp("The project's folder.", valueName: "workspace"))
    var workspace: String

    @Flag(help: "Look once, on a terminal too.")
    var once = false

    @Flag(help: "Do not draw the preview.")
    var withoutPreview = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
    var every: Double = 5

    @OptionGroup var common: OutputOptions

    var printsOnly: Bool { true }

    func validate() throws {
        guard every >= 1, every < 86_400 else {
            throw ValidationError("--every \(every): must be 1 or more.")
        }
    }

    /// Writes a text over the screen from its upper left corner, without clearing it first, which would flicker.
    private static func overwriting(_ text: String) -> String {
        "\u{1B}[H" + text.replacingOccurrences(of: "\n", with: "\u{1B}[K\n") + "\u{1B}[K\u{1B}[J"
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(URL(filePath: workspace), create: false)
        let repeats = isatty(1) == 1 && !once && !common.json
        repeat {
            guard let history = try workspace.index.trainingHistory() else {
                throw InputError("nothing was trained in \(workspace.folder.path) yet; `dimorph train` does")
            }
            let view = TrainingView(history, workspace: workspace)
            console.report(view.event)
            let terminal = TerminalSize(of: 1)
            // What is looked at once may run over the screen's end: it stays above.
            let size = TerminalSize(
                columns: terminal?.columns ?? 80, rows: repeats ? terminal?.rows ?? 24 : 10_000)
            let text = view.text(in: size, withPreview: !withoutPreview && terminal != nil)
            console.result(repeats ? Self.overwriting(text) : text)
            if repeats { try Self.wait(seconds: every) }
        } while repeats && !console.hasLostOutput
    }

    /// Waits, but not on when somebody asks to stop.
    private static func wait(seconds: Double) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            try Task.checkCancellation()
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
}
