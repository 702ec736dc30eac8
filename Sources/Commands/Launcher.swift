import ArgumentParser
import Foundation

/// Runs a program's command: from arguments to exit code.
package enum Launcher<Root: ParsableCommand> {
    package static func run(_ arguments: [String]) async -> Int32 {
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
        let console = Console(json: stage.common.json)
        let work = Task.detached { try stage.execute(console) }
        let signals = SignalWatch {
            if stage.leavesWork { console.say("stopping: saving what there is (once more to stop at once)") }
            work.cancel()
        }
        defer { signals.end() }
        switch await work.result {
        case .success:
            console.end()
            return ExitStatus.done
        case .failure(let error):
            console.end()
            if error is CancellationError || (work.isCancelled && signals.wasAsked) {
                if stage.leavesWork { console.say("stopped. The same command goes on from here.") }
                return ExitStatus.interrupted
            }
            if let verdict = error as? VerdictCode { return verdict.code }
            if error is ValidationError || error is ExitCode { return explain(error) }
            console.say("\(Root.configuration.commandName ?? "dimorph"): \(error)", isError: true)
            return ExitStatus.code(of: error)
        }
    }

    /// Help, version and wrong usage, as the parser words them; its own exit codes become ours.
    private static func explain(_ error: any Error) -> Int32 {
        let code = Root.exitCode(for: error)
        let message = Root.fullMessage(for: error)
        if code == .success {
            if !message.isEmpty { print(message) }
            return ExitStatus.done
        }
        FileHandle.standardError.write(Data((message + "\n").utf8))
        return ExitStatus.usage
    }
}

/// Ends the program with a verdict, without further words.
package struct VerdictCode: Error {
    let code: Int32

    package init(code: Int32) { self.code = code }
}
