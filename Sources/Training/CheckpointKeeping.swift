/// Retention of checkpoints and snapshots.
package struct CheckpointKeeping: Sendable, Codable, Equatable {
    /// Number of newest checkpoints to keep; at least two, so that an intact one remains if one is damaged.
    package var last = 2
    /// Seconds of training between two snapshots: checkpoints that are not rotated. 0 disables snapshots.
    package var snapshotEvery = 3600.0
    /// Number of newest snapshots to keep; 0 disables snapshots.
    package var snapshots = 3

    package init(last: Int = 2, snapshotEvery: Double = 3600, snapshots: Int = 3) {
        (self.last, self.snapshotEvery, self.snapshots) = (max(2, last), snapshotEvery, snapshots)
    }
}
