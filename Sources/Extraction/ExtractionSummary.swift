import Workspace

/// What an extraction did.
package struct ExtractionSummary: Sendable, Codable, Equatable {
    package var set: String
    package var clips: [Clip] = []
    /// Faces of the whole set.
    package var faces = FaceCount()
    /// People told apart in the videos.
    package var people = 0
    /// Faces within the person's tracks that are so unlike the person that they were left out.
    package var otherPersons = 0
    /// Frames that this run looked at (a resumed one looks at those that were left).
    package var frames = 0
    /// Wall time of this run.
    package var seconds = 0.0
    /// Seconds that each stage worked in this run, those of all threads together: decode, detect, landmarks, expression,
    /// identity; and one after the other behind them, on all cores, crops and pack.
    package var stages: [String: Double] = [:]
    /// What a person should know of this run, such as why frames were looked at again.
    package var remarks: [String] = []

    package struct Clip: Sendable, Codable, Equatable {
        package var name: String
        package var frames: Int
        package var framesWithoutFace: Int
        /// What its pictures were taken for; nil for a video.
        package var pictures: PictureOrder?
        package var unreadableFrames: Int
        /// Which these are, as far as they are named.
        package var unreadable: [UnreadableFrame] = []
        /// How much the kept faces' crops tremble; nil where no face has two neighbours.
        package var jitter: Jitter?

        package init(name: String, frames: Int, framesWithoutFace: Int, unreadableFrames: Int) {
            (self.name, self.frames) = (name, frames)
            (self.framesWithoutFace, self.unreadableFrames) = (framesWithoutFace, unreadableFrames)
        }
    }

    package init(set: String) { self.set = set }

    package var framesPerSecond: Double { seconds > 0 ? Double(frames) / seconds : 0 }

    /// Frames a second that each stage would manage by itself.
    package var stageRates: [String: Double] {
        stages.filter { $0.value > 0 }.mapValues { Double(frames) / $0 }
    }
}
