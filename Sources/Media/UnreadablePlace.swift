/// The position of a frame that cannot be decoded, estimated from the times of adjacent frames.
package struct UnreadablePlace: Sendable, Codable, Equatable {
    /// Frame number: time multiplied by the frame rate.
    package let frame: Int
    /// Seconds from the clip's start.
    package let time: Double

    package init(frame: Int, time: Double) { (self.frame, self.time) = (frame, time) }
}
