/// How a `FaceAnalyser` looks for faces and follows them.
package struct AnalysisSettings: Sendable, Codable, Equatable {
    /// Longer side of the picture that the detector sees, in pixels.
    package var detectionSide = 640
    /// The least score of a new face.
    package var detectionThreshold: Float = 0.6
    /// New faces are looked for at least every so many frames.
    package var detectionInterval = 10
    /// Whether faces are followed by their landmarks; otherwise each is detected anew in every frame.
    package var follows = true
    /// Landmarks below this presence are none: the face is lost until the detector finds it again.
    package var presenceThreshold: Float = 0.5
    /// Faces whose landmarks' box is narrower than this, in picture pixels, are left out.
    package var smallestFace = 20.0
    /// No more faces than this are followed, the largest first.
    package var maximumFaces = 8
    /// A lost face that comes back near its place within so many frames keeps its track.
    package var patience = 12
    /// Where nothing is found and nothing is followed, the picture is searched turned by quarters and enlarged: in the first
    /// such frame and then in every so-many-th. 0: never.
    package var searchInterval = 8
    /// Which faces get an embedding.
    package var embedding = EmbeddingPolicy.startOfTrack(frames: 3, thenEvery: 25)
    /// Whether expressions are measured (about 1.5 ms a face); they are neutral otherwise.
    package var expressions = true
    /// Threads that one operation spreads over on the CPU; 0 for as many as the engine likes. With one, several analysers
    /// on threads of their own do not get in each other's way, and the results are the same on every number of cores.
    package var threads = 0

    package init() {}

    /// Each frame by itself: the detector's whole search, landmarks looked for twice, expression and identity of every
    /// face. What a tool without tracking does; the measure for all that is saved here.
    package static var everyFrame: AnalysisSettings {
        var settings = AnalysisSettings()
        (settings.detectionInterval, settings.follows, settings.embedding) = (1, false, .always)
        return settings
    }
}

/// Which faces get an embedding, which costs about as much as all the rest.
package enum EmbeddingPolicy: Sendable, Codable, Equatable {
    case never
    case always
    /// The first frames of each track, then every so-many-th of its frames.
    case startOfTrack(frames: Int, thenEvery: Int)

    /// - Parameter age: how many frames of the track came before.
    func applies(age: Int) -> Bool {
        switch self {
        case .never: false
        case .always: true
        case .startOfTrack(let frames, let interval): age < frames || (interval > 0 && age % interval == 0)
        }
    }
}
