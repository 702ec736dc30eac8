import Foundation
import Synchronization

/// Converts Ctrl-C, SIGTERM and SIGHUP (a closed terminal) to a request to stop: the first makes the command
/// stop and save, a second Ctrl-C ends the process. Schedulers send SIGTERM to a process and to its group,
/// and some repeat it: further ones have no effect. SIGHUP stays ignored if the process was started by
/// `nohup`.
///
/// @unchecked: the sources are created once and only cancelled later, which is allowed on any thread.
final class SignalWatch: @unchecked Sendable {
    private let asked = Mutex(false)
    private var sources: [any DispatchSourceSignal] = []

    var wasAsked: Bool { asked.withLock { $0 } }

    init(_ ask: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "dimorph.signals")
        for number in [SIGINT, SIGTERM, SIGHUP] {
            if number == SIGHUP, Self.isIgnored(number) { continue }
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [self] in
                let again = asked.withLock { asked in
                    defer { asked = true }
                    return asked
                }
                if again, number == SIGINT { _exit(ExitStatus.interrupted) }
                if !again { ask() }
            }
            source.resume()
            sources.append(source)
        }
    }

    func end() {
        for source in sources { source.cancel() }
    }

    /// Whether the process was started with a signal ignored.
    private static func isIgnored(_ number: Int32) -> Bool {
        // C function pointers cannot be compared in Swift; their bits can.
        let former = signal(number, SIG_IGN)
        let isIgnored = unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        if !isIgnored { signal(number, former) }
        return isIgnored
    }
}
