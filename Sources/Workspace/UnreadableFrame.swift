/// A frame of a clip that could not be read and was left out.
package struct UnreadableFrame: Sendable, Codable, Equatable {
    package var frame: Int
    /// Seconds from the clip's start.
    package var time: Double
    /// The picture's file name, where the clip is a folder of pictures.
    package var file: String?

    package init(frame: Int, time: Double, file: String? = nil) {
        (self.frame, self.time, self.file) = (frame, time, file)
    }
}
