import ArgumentParser
import Files
import Foundation

/// Runs a command: from arguments to exit code.
package enum Launcher<Root: ParsableCommand> {
    package static func run(_ arguments: [String]) async -> Int32 {
        TextStream.prepareProcess()
        let command: any ParsableCommand
        do {
            command = try Root.parseAsRoot(arguments)
        } catch {
            return explain(error)
        }
        guard let stage = command as? any StageCommand else {
            var command = command
            do { try command.run() } catch { return explain(error) }
            return ExitStatus.done
        }
        let console = Console(json: stage.common.json, printsOnly: stage.printsOnly)
        let work = Task.detached { try stage.execute(console) }
        let signals = SignalWatch {
            if stage.leavesWork { console.say("stopping: saving what there is (once more to stop at once)") }
            work.cancel()
        }
        defer { signals.end() }
        let result = await work.result
        console.end()
        switch result {
        case .success:
            return stage.printsOnly && console.hasLostOutput ? ExitStatus.failure : ExitStatus.done
        case .failure(let error):
            return explain(error, of: stage, console, wasAskedToStop: signals.wasAsked)
        }
    }

    /// Reports the error that ended a command and returns its exit code. Only a cancellation is a stop
    /// without loss; another failure after Ctrl-C, such as a full disk while saving, is reported as such.
    private static func explain(
        _ error: any Error, of stage: any StageCommand, _ console: Console, wasAskedToStop: Bool
    ) -> Int32 {
        if error.isCancellation {
            if stage.leavesWork { console.say("stopped. The same command goes on from here.") }
            return ExitStatus.interrupted
        }
        if let verdict = error as? VerdictCode { return verdict.code }
        if error is ValidationError || error is ExitCode { return explain(error) }
        let name = Root.configuration.commandName ?? "dimorph"
        console.say("\(name): \(error.plainDescription)", isError: true)
        if wasAskedToStop, stage.leavesWork {
            console.say(
                "The work could not be saved up to the stop; what was saved before is kept, and the same command goes on from it."
            )
        }
        return ExitStatus.code(of: error)
    }

    /// Prints the parser's help, version and usage errors, and maps its exit codes to ours.
    private static func explain(_ error: any Error) -> Int32 {
        let code = Root.exitCode(for: error)
        let message = Root.fullMessage(for: error)
        let console = Console(json: false, printsOnly: true)
        if code == .success {
            if !message.isEmpty { console.help(message) }
            return console.hasLostOutput ? ExitStatus.failure : ExitStatus.done
        }
        console.say(message)
        return ExitStatus.usage
    }
}

/// Exits with a code, without further output.
package struct VerdictCode: Error {
    let code: Int32

    package init(code: Int32) { self.code = code }
}
