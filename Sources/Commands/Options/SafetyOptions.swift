import ArgumentParser
import Workspace

/// Options for checkpoints and snapshots.
package struct SafetyOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Interval between checkpoints in seconds.", valueName: "seconds"))
    var checkpointEvery: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Number of newest checkpoints to keep, at least 2.", valueName: "count"))
    var checkpoints: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Training time between snapshots (permanent checkpoints) in seconds.", valueName: "seconds"
        ))
    var snapshotEvery: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Number of newest snapshots to keep; 0 disables snapshots.", valueName: "count"))
    var snapshots: Int?

    package init() {}

    package func validate() throws {
        var settings = ProjectSettings()
        change(&settings.training)
        if let complaint = settings.complaint { throw ValidationError("\(complaint).") }
    }

    /// Overrides the settings of the file with the flags of this run.
    func change(_ training: inout TrainingSettings) {
        training.checkpointEvery = checkpointEvery ?? training.checkpointEvery
        training.checkpoints = checkpoints ?? training.checkpoints
        training.snapshotEvery = snapshotEvery ?? training.snapshotEvery
        training.snapshots = snapshots ?? training.snapshots
    }
}
