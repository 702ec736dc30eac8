import Commands
import Synchronization
import Workspace

/// Says in what an output differs from its target: each sentence once, before the work begins where that is known.
final class AnnouncedDifferences: Sendable {
    private let console: Console
    private let said = Mutex<Set<String>>([])

    init(_ console: Console) { self.console = console }

    /// For people on standard error, for programs as an event.
    var announce: @Sendable ([String]) -> Void {
        { [self] sentences in
            for sentence in sentences where said.withLock({ $0.insert(sentence).inserted }) {
                console.say("note: \(sentence)")
                console.report(ProgressEvent(stage: "convert", message: "note: \(sentence)"))
            }
        }
    }
}
