import Foundation
import Synchronization
import Workspace

/// Where a command's words go.
///
/// Progress and remarks go to standard error: on a terminal one line that is written over, elsewhere a line every few
/// seconds. Results go to standard output. With `--json` standard output carries one JSON object a line and nothing else.
package final class Console: Sendable {
    package let json: Bool
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State())

    private struct State {
        var told = [String: ContinuousClock.Instant]()
        var lineIsOpen = false
        var log: FileHandle?
    }

    package init(json: Bool) { self.json = json }

    /// Takes progress from the stages, from any thread.
    package var progress: ProgressHandler { { [self] in note($0) } }

    /// Also writes everything that is said to a file, as JSON with the time, one object a line; what lies there stays.
    package func log(to file: URL) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw InputError(
                "\(file.path) cannot be written (\(String(cString: strerror(errno)))); choose another --log")
        }
        state.withLock { $0.log = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true) }
    }

    /// Figures that come every second enter the log every ten.
    private func enter(_ event: ProgressEvent) {
        state.withLock { state in
            guard let log = state.log else { return }
            let place = "log \(event.stage)"
            if event.message == nil {
                if let told = state.told[place], told.duration(to: .now) < .seconds(10) { return }
                state.told[place] = .now
            }
            // A full disk must not end the training by its log.
            try? log.write(
                contentsOf: Data(
                    "{\"time\":\"\(Date().formatted(.iso8601))\",\(event.line.dropFirst())\n".utf8))
        }
    }

    /// A result, for people; not said in JSON.
    package func result(_ text: String) {
        guard !json else { return }
        closeLine()
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// A result, for programs: an event that closes a stage.
    package func report(_ event: ProgressEvent) {
        enter(event)
        guard json else { return }
        FileHandle.standardOutput.write(Data((event.line + "\n").utf8))
    }

    /// Figures as one line of JSON; for programs.
    package func figures(_ data: Data) {
        guard json, let object = try? JSONSerialization.jsonObject(with: data),
            let line = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return }
        FileHandle.standardOutput.write(line + Data("\n".utf8))
    }

    /// A result as one line of JSON with sorted keys in snake case; for programs.
    package func object(_ value: some Encodable) throws {
        guard json else { return }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
    }

    /// A remark or an error.
    package func say(_ text: String, isError: Bool = false) {
        enter(ProgressEvent(stage: isError ? "error" : "note", message: text))
        write(text, isError: isError)
    }

    private func write(_ text: String, isError: Bool = false) {
        if json, isError {
            let event = ProgressEvent(stage: "error", message: text)
            FileHandle.standardOutput.write(Data((event.line + "\n").utf8))
        }
        closeLine()
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    func end() { closeLine() }

    private func note(_ event: ProgressEvent) {
        if json { return report(event) }
        enter(event)
        // What a training says of itself is to be read, not written over a second later.
        if event.stage == "train", event.fraction == nil, event.message != nil {
            return write(event.sentence)
        }
        state.withLock { state in
            let line = event.sentence
            if isTerminal {
                let width = TerminalSize(of: 2)?.columns ?? 100
                let text = line.count >= width ? String(line.prefix(width - 1)) : line
                FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
                state.lineIsOpen = true
            } else if (state.told[event.stage].map { $0.duration(to: .now) >= .seconds(5) }) ?? true {
                state.told[event.stage] = .now
                FileHandle.standardError.write(Data((line + "\n").utf8))
            }
        }
    }

    private func closeLine() {
        state.withLock { state in
            if state.lineIsOpen { FileHandle.standardError.write(Data("\n".utf8)) }
            state.lineIsOpen = false
        }
    }
}
