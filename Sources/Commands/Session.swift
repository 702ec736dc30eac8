import Files
import Foundation
import Tensors
import Workspace

/// A workspace in use by this process, and the settings of every stage: console, device and consents.
package struct Session {
    package let workspace: Workspace
    package let device: Device
    package let console: Console
    package let processes: Processes
    /// Checks the consents for the command.
    package let gate: ConsentPolicy
    private let lock: FileLock?

    /// Locks the workspace for this process, for several that train together, or shared for reading.
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

    /// Runs a function on the workspace; if it fails because the workspace was removed meanwhile, the error
    /// reports this.
    package func working<Result>(_ body: () throws -> Result) throws -> Result {
        try workspace.namingLoss(under: lock, body)
    }
}
