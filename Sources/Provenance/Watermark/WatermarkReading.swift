/// What was read at one place and by one key, a mark or noise.
package struct WatermarkReading: Sendable, Equatable {
    /// How well the whole tile fits, in standard deviations of what frames without the mark give.
    package let score: Float
    /// Nil where the check bits do not fit.
    package let id: UInt32?
    package let pose: WatermarkPose

    /// Readings below are noise.
    static let threshold: Float = 9.6

    /// Whether it counts as a mark.
    package var counts: Bool { id != nil && score >= Self.threshold }
}
