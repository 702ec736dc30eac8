import Files
import Foundation
import Tensors
import Workspace

/// A workspace that this process works on, and what every stage asks: who speaks, where to compute, whose faces may be used.
package struct Session {
    package let workspace: Workspace
    package let device: Device
    package let console: Console
    package let processes: Processes
    /// Who must have agreed to what is done here.
    package let gate: ConsentPolicy
    private let lock: FileLock?

    /// Takes the workspace for this process, for several that train together, or with others that only read it.
    package init(
        _ workspace: Workspace, consents: ConsentChoice = ConsentChoice(), console: Console,
        processes: Processes = .alone, shared: Bool = false
    ) throws {
        self.workspace = workspace
        self.console = console
        self.processes = processes
        gate = ConsentPolicy(
            workspace: workspace, console: console, choice: consents,
            interview: ConsentPrompt(console: console))
        lock = processes.isFirst ? try workspace.lock(shared: shared) : nil
        device = try processes.device(Device.named(workspace.settings.training.device))
    }

    /// Does the work on the workspace: where it fails because the workspace went away meanwhile, the error says so.
    package func working<Result>(_ body: () throws -> Result) throws -> Result {
        try workspace.namingLoss(under: lock, body)
    }
}
