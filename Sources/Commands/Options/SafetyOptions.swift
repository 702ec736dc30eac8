import ArgumentParser
import Workspace

/// What a training keeps, so that nothing of it is lost.
package struct SafetyOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write a checkpoint each time that so many seconds have passed.", valueName: "seconds"))
    var checkpointEvery: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep so many of the newest checkpoints, 2 at least.", valueName: "count"))
    var checkpoints: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep a checkpoint as a snapshot after each of so many seconds of training.", valueName: "seconds"
        ))
    var snapshotEvery: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep so many of the newest snapshots; 0 takes none.", valueName: "count"))
    var snapshots: Int?

    package init() {}

    package func validate() throws {
        var settings = ProjectSettings()
        change(&settings.training)
        if let complaint = settings.complaint { throw ValidationError("\(complaint).") }
    }

    /// Lets the flags of this run override the file.
    func change(_ training: inout TrainingSettings) {
        training.checkpointEvery = checkpointEvery ?? training.checkpointEvery
        training.checkpoints = checkpoints ?? training.checkpoints
        training.snapshotEvery = snapshotEvery ?? training.snapshotEvery
        training.snapshots = snapshots ?? training.snapshots
    }
}
