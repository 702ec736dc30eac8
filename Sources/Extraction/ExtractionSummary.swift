import Workspace

/// Result of an extraction.
package struct ExtractionSummary: Sendable, Codable, Equatable {
    package var set: String
    package var clips: [Clip] = []
    /// Number of faces of the whole set.
    package var faces = FaceCount()
    /// Number of distinct people in the videos.
    package var people = 0
    /// Number of faces in the person's tracks that were excluded for low similarity.
    package var otherPersons = 0
    /// Frames analysed in this run (after a resume, only the remaining ones).
    package var frames = 0
    /// Wall time of this run.
    package var seconds = 0.0
    /// Seconds of each stage in this run, summed over all threads: decode, detect, landmarks, expression, identity, followed
    /// by crops and pack, which run one after the other on all cores.
    package var stages: [String: Double] = [:]
    /// Notes for the user, such as why frames were analysed again.
    package var remarks: [String] = []

    package struct Clip: Sendable, Codable, Equatable {
        package var name: String
        package var frames: Int
        package var framesWithoutFace: Int
        /// Interpretation of the pictures; `nil` for a video.
        package var pictures: PictureOrder?
        package var unreadableFrames: Int
        /// The recorded unreadable frames.
        package var unreadable: [UnreadableFrame] = []
        /// Jitter of the crops; `nil` if no face has two neighbours.
        package var jitter: Jitter?

        package init(name: String, frames: Int, framesWithoutFace: Int, unreadableFrames: Int) {
            (self.name, self.frames) = (name, frames)
            (self.framesWithoutFace, self.unreadableFrames) = (framesWithoutFace, unreadableFrames)
        }
    }

    package init(set: String) { self.set = set }

    package var framesPerSecond: Double { seconds > 0 ? Double(frames) / seconds : 0 }

    /// Frames per second of each stage alone.
    package var stageRates: [String: Double] {
        stages.filter { $0.value > 0 }.mapValues { Double(frames) / $0 }
    }
}
