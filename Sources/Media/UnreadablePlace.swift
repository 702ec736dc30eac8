/// Where a frame that cannot be decoded would have been, by the times of the frames around it.
package struct UnreadablePlace: Sendable, Codable, Equatable {
    /// Counted as players count: time by frame rate.
    package let frame: Int
    /// Seconds from the clip's start.
    package let time: Double

    package init(frame: Int, time: Double) { (self.frame, self.time) = (frame, time) }
}
