/// An unreadable frame of a clip, which was skipped.
package struct UnreadableFrame: Sendable, Codable, Equatable {
    package var frame: Int
    /// Time from the start of the clip, in seconds.
    package var time: Double
    /// File name, if the clip is a folder of pictures.
    package var file: String?

    package init(frame: Int, time: Double, file: String? = nil) {
        (self.frame, self.time, self.file) = (frame, time, file)
    }
}
