import Foundation
import Synchronization

/// Turns Ctrl-C and SIGTERM into a polite request: the first asks the work to stop and save, the second ends the process.
/// @unchecked: the sources are made once and only cancelled later, which any thread may do.
final class SignalWatch: @unchecked Sendable {
    private let asked = Mutex(false)
    private var sources: [any DispatchSourceSignal] = []

    var wasAsked: Bool { asked.withLock { $0 } }

    init(_ ask: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "dimorph.signals")
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [self] in
                let again = asked.withLock { asked in
                    defer { asked = true }
                    return asked
                }
                if again { _exit(ExitStatus.interrupted) }
                ask()
            }
            source.resume()
            sources.append(source)
        }
    }

    func end() {
        for source in sources { source.cancel() }
    }
}
