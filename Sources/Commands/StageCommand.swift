import ArgumentParser

/// A long-running command: it can be interrupted and reports progress.
package protocol StageCommand: ParsableCommand, Sendable {
    associatedtype Common: ReportOptions
    /// `RunOptions`, or `OutputOptions` if no device is used.
    var common: Common { get }
    /// Whether an interrupted command saves its state and can be resumed.
    var leavesWork: Bool { get }
    /// Whether standard output is the command's only result: the command fails if it cannot be written.
    var printsOnly: Bool { get }
    /// Runs on the calling thread, in a task that is cancelled when the user asks to stop.
    func execute(_ console: Console) throws
}

extension StageCommand {
    package var leavesWork: Bool { !printsOnly }
    package var printsOnly: Bool { false }
    package mutating func run() throws {}
}
