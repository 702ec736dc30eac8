/// Settings of face detection and tracking by a `FaceAnalyser`.
package struct AnalysisSettings: Sendable, Codable, Equatable {
    /// Longer side of the detector's input, in pixels.
    package var detectionSide = 640
    /// Least score of a new detection.
    package var detectionThreshold: Float = 0.6
    /// Greatest interval, in frames, between detections of new faces.
    package var detectionInterval = 10
    /// Whether faces are tracked by their landmarks; otherwise each is detected again in every frame.
    package var follows = true
    /// Least landmark presence: below it the face is lost until the detector finds it again.
    package var presenceThreshold: Float = 0.5
    /// Faces with a narrower landmark box than this, in picture pixels, are ignored.
    package var smallestFace = 20.0
    /// Greatest number of tracked faces, the largest first.
    package var maximumFaces = 8
    /// Number of frames within which a lost face that reappears near its position keeps its track.
    package var patience = 12
    /// If nothing is found and nothing is tracked, the picture is also searched in four rotations and enlarged: in the
    /// first such frame and then at this interval in frames. 0: never.
    package var searchInterval = 8
    /// The selection of faces that get an embedding.
    package var embedding = EmbeddingPolicy.startOfTrack(frames: 3, thenEvery: 25)
    /// Whether expressions are measured (about 1.5 ms per face); otherwise they are neutral.
    package var expressions = true
    /// Threads per CPU operation; 0 for the engine's default. With one thread, several analysers on separate threads do not
    /// compete, and the results are the same for any number of cores.
    package var threads = 0

    package init() {}

    /// Each frame separately: full detection, two landmark passes, expression and identity of every face. Equivalent to a
    /// tool without tracking; the reference for the savings of tracking.
    package static var everyFrame: AnalysisSettings {
        var settings = AnalysisSettings()
        (settings.detectionInterval, settings.follows, settings.embedding) = (1, false, .always)
        return settings
    }
}

/// The selection of faces that get an embedding, which costs about as much as all other steps.
package enum EmbeddingPolicy: Sendable, Codable, Equatable {
    case never
    case always
    /// The first frames of each track, then frames at an interval.
    case startOfTrack(frames: Int, thenEvery: Int)

    /// - Parameter age: number of earlier frames of the track.
    func applies(age: Int) -> Bool {
        switch self {
        case .never: false
        case .always: true
        case .startOfTrack(let frames, let interval): age < frames || (interval > 0 && age % interval == 0)
        }
    }
}
