import Foundation
import Synchronization
import Workspace

/// Output of a command.
///
/// Progress and notes go to standard error: on a terminal as one line that is overwritten, otherwise as a
/// line every few seconds. Results go to standard output. With `--json` standard output contains one JSON
/// object per line and nothing else.
///
/// Output that cannot be written is dropped, and the command continues: the failure is reported once on the
/// other stream. A closed pipe is reported only by commands that do more than print.
package final class Console: Sendable {
    package let json: Bool
    /// Whether standard output is the command's only result, so that `| head` is not an error.
    private let printsOnly: Bool
    private let output = TextStream(STDOUT_FILENO, name: "standard output")
    private let errors = TextStream(STDERR_FILENO, name: "standard error")
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())

    private struct State {
        var lastReport = [String: ContinuousClock.Instant]()
        var lineIsOpen = false
        var log: TextStream?
    }

    package init(json: Bool, printsOnly: Bool = false) {
        (self.json, self.printsOnly) = (json, printsOnly)
    }

    /// Receives progress from the stages, on any thread.
    package var progress: ProgressHandler { { [self] in note($0) } }

    /// Also appends all output to a log file, as one JSON object with a time per line.
    package func log(to file: URL) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw InputError(
                "\(file.path) cannot be written (\(String(cString: strerror(errno)))); choose another --log")
        }
        let log = TextStream(descriptor, name: "the log \(file.path)", closesDescriptor: true)
        state.withLock { $0.log = log }
    }

    /// Metrics that are reported every second are logged every ten.
    private func enter(_ event: ProgressEvent) {
        let log = state.withLock { state -> TextStream? in
            guard let log = state.log else { return nil }
            let place = "log \(event.stage)"
            if event.message == nil {
                if let lastReport = state.lastReport[place], lastReport.duration(to: .now) < .seconds(10) {
                    return nil
                }
                state.lastReport[place] = .now
            }
            return log
        }
        guard let log else { return }
        // A full disk must not end training because of its log.
        log.write("{\"time\":\"\(Date().formatted(.iso8601))\",\(event.line.dropFirst())\n")
        if let failure = log.unreportedFailure() { errors.write(Self.sentence(log, failure) + "\n") }
    }

    /// Prints a result in text mode; not printed as JSON.
    package func result(_ text: String) {
        guard !json else { return }
        closeLine()
        writeOutput(Data(text.utf8))
    }

    /// Prints a result in JSON mode: an event that ends a stage.
    package func report(_ event: ProgressEvent) {
        enter(event)
        guard json else { return }
        writeOutput(Data(event.line.utf8))
    }

    /// Prints metrics as one line of JSON.
    package func figures(_ data: Data) {
        guard json, let object = try? JSONSerialization.jsonObject(with: data),
            let line = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return }
        writeOutput(line)
    }

    /// Prints a result as one line of JSON with sorted keys in snake case.
    package func object(_ value: some Encodable) throws {
        guard json else { return }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        writeOutput(try encoder.encode(value))
    }

    /// Prints a note or an error.
    package func say(_ text: String, isError: Bool = false) {
        enter(ProgressEvent(stage: isError ? "error" : "note", message: text))
        write(text, isError: isError)
    }

    /// Prints help or the version, the only output of such a command.
    func help(_ text: String) { writeOutput(Data(text.utf8)) }

    /// Prints a prompt on standard error, without ending the line.
    func ask(_ question: String) {
        closeLine()
        writeErrors("\(question) ")
    }

    private func write(_ text: String, isError: Bool = false) {
        if json, isError {
            writeOutput(Data(ProgressEvent(stage: "error", message: text).line.utf8))
        }
        closeLine()
        writeErrors(text + "\n")
    }

    func end() { closeLine() }

    /// Whether a part of standard output was lost, except to a reader that closed its pipe.
    package var hasLostOutput: Bool { output.failure.map { $0 != EPIPE } ?? false }

    private func note(_ event: ProgressEvent) {
        if json { return report(event) }
        enter(event)
        // Messages of a training stay visible: they are not overwritten.
        if event.stage == "train", event.fraction == nil, event.message != nil {
            return write(event.sentence)
        }
        let text = state.withLock { state -> String? in
            let line = event.sentence
            if isTerminal {
                let width = TerminalSize(of: STDERR_FILENO)?.columns ?? 100
                state.lineIsOpen = true
                return "\r\u{1B}[K\(line.count >= width ? String(line.prefix(width - 1)) : line)"
            }
            if let lastReport = state.lastReport[event.stage], lastReport.duration(to: .now) < .seconds(5) {
                return nil
            }
            state.lastReport[event.stage] = .now
            return line + "\n"
        }
        if let text { writeErrors(text) }
    }

    private func closeLine() {
        let isOpen = state.withLock { state in
            defer { state.lineIsOpen = false }
            return state.lineIsOpen
        }
        if isOpen { writeErrors("\n") }
    }
}

extension Console {
    /// Writes a line to standard output.
    private func writeOutput(_ line: Data) {
        output.write(line + Data("\n".utf8))
        guard let failure = output.unreportedFailure(), failure != EPIPE || !printsOnly else { return }
        errors.write(Self.sentence(output, failure) + "\n")
    }

    private func writeErrors(_ text: String) {
        errors.write(text)
        guard let failure = errors.unreportedFailure() else { return }
        let sentence = Self.sentence(errors, failure)
        output.write((json ? ProgressEvent(stage: "note", message: sentence).line : sentence) + "\n")
    }

    private static func sentence(_ stream: TextStream, _ failure: Int32) -> String {
        "\(stream.name) cannot be written (\(String(cString: strerror(failure)))): this output is lost, the work goes on"
    }
}
