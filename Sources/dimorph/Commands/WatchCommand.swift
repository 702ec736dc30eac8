import ArgumentParser
import Commands
import Foundation
import Training
import Workspace

struct WatchCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows the progress of a training run.",
        discussion: """
            Can run in another terminal or on another machine. Only reads the workspace, and shows progress, loss curves and \
            the newest preview. On a terminal, updates every few seconds until Ctrl-C; otherwise prints once. `touch \
            project/stop` ends the training in the same way as its time limit.

            EXAMPLES
              dimorph watch project
              ssh machine dimorph watch project --once
            """)

    @Argument(help: ArgumentHelp("Path of the project folder.", valueName: "workspace"))
    var workspace: String

    @Flag(help: "Print once, even on a terminal.")
    var once = false

    @Flag(help: "Do not show the preview.")
    var withoutPreview = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Update interval in seconds.", valueName: "seconds"))
    var every: Double = 5

    @OptionGroup var common: OutputOptions

    var printsOnly: Bool { true }

    func validate() throws {
        guard every >= 1, every < 86_400 else {
            throw ValidationError("--every \(every): must be 1 or more.")
        }
    }

    /// Escape sequences that overwrite the screen from its upper left corner. Clearing it first would flicker.
    private static func overwriting(_ text: String) -> String {
        "\u{1B}[H" + text.replacingOccurrences(of: "\n", with: "\u{1B}[K\n") + "\u{1B}[K\u{1B}[J"
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(URL(filePath: workspace), create: false)
        let repeats = isatty(1) == 1 && !once && !common.json
        repeat {
            guard let history = try workspace.index.trainingHistory() else {
                throw InputError("no model was trained in \(workspace.folder.path) yet; run `dimorph train`")
            }
            let view = TrainingView(history, workspace: workspace)
            console.report(view.event)
            let terminal = TerminalSize(of: 1)
            // A single printout may be taller than the screen: it scrolls.
            let size = TerminalSize(
                columns: terminal?.columns ?? 80, rows: repeats ? terminal?.rows ?? 24 : 10_000)
            let text = view.text(in: size, withPreview: !withoutPreview && terminal != nil)
            console.result(repeats ? Self.overwriting(text) : text)
            if repeats { try Self.wait(seconds: every) }
        } while repeats && !console.hasLostOutput
    }

    /// Waits; throws `CancellationError` on cancellation.
    private static func wait(seconds: Double) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            try Task.checkCancellation()
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
}
