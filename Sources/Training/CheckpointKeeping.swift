/// Which checkpoints a training keeps.
package struct CheckpointKeeping: Sendable, Codable, Equatable {
    /// The newest ones, each under a name of its own; two at least, or a damaged one would be all there is.
    package var last = 2
    /// Seconds of training between two snapshots: checkpoints that stay when newer ones come. 0 takes none.
    package var snapshotEvery = 3600.0
    /// The newest snapshots that are kept; 0 takes none.
    package var snapshots = 3

    package init(last: Int = 2, snapshotEvery: Double = 3600, snapshots: Int = 3) {
        (self.last, self.snapshotEvery, self.snapshots) = (max(2, last), snapshotEvery, snapshots)
    }
}
