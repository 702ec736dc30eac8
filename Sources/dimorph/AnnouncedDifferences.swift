import Commands
import Synchronization
import Workspace

/// Reports the differences of an output from its target: each message once, before the conversion if already known.
final class AnnouncedDifferences: Sendable {
    private let console: Console
    private let said = Mutex<Set<String>>([])

    init(_ console: Console) { self.console = console }

    /// Prints messages to standard error and reports them as progress events.
    var announce: @Sendable ([String]) -> Void {
        { [self] sentences in
            for sentence in sentences where said.withLock({ $0.insert(sentence).inserted }) {
                console.say("note: \(sentence)")
                console.report(ProgressEvent(stage: "convert", message: "note: \(sentence)"))
            }
        }
    }
}
