import ArgumentParser

/// A command that works on something for a while: it can be interrupted and reports progress.
package protocol StageCommand: ParsableCommand, Sendable {
    associatedtype Common: ReportOptions
    /// `RunOptions`, or `OutputOptions` where nothing is computed on a device.
    var common: Common { get }
    /// Whether there is something to save when it is interrupted, and to go on with later.
    var leavesWork: Bool { get }
    /// Whether the text on standard output is all that the command makes: where it cannot be written, the command has failed.
    var printsOnly: Bool { get }
    /// Does the work on the calling thread, within a task that is cancelled when the user asks to stop.
    func execute(_ console: Console) throws
}

extension StageCommand {
    package var leavesWork: Bool { !printsOnly }
    package var printsOnly: Bool { false }
    package mutating func run() throws {}
}
