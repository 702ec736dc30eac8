import Faces

/// A face track.
struct FaceTrack {
    let number: Int
    var landmarks: FaceLandmarks
    /// Landmarks in the frame before, if the face was visible there.
    private(set) var before: FaceLandmarks?
    /// Recent motion per frame, in sizes of the face, the latest first.
    private(set) var steps: [Double] = []
    /// Last score of the detector.
    var score: Float
    /// Number of frames with the face.
    var age = 0
    /// Number of frames since the face was last visible; 0 if it is visible.
    var missing = 0
    /// The last verified embedding: the reference of the track.
    var embedding: Embedding?
    /// The face patch of the reference.
    var reference: FacePatch?
    /// The face patch in this frame; `nil` if the face is not visible.
    var patch: FacePatch?
    /// The face patch in the frame before.
    var patchBefore: FacePatch?
    /// The embedding in this frame, if it was computed.
    var current: Embedding?
    /// Number of frames since the last comparison with the reference.
    var sinceComparison = 0

    init(number: Int, landmarks: FaceLandmarks, score: Float) {
        self.number = number
        self.landmarks = landmarks
        self.score = score
    }

    /// Clears the state of the last frame.
    mutating func beginFrame() {
        if patch != nil { patchBefore = patch }
        (patch, current) = (nil, nil)
        sinceComparison += 1
    }

    /// Updates the track with the landmarks of the next frame.
    mutating func advance(to next: FaceLandmarks) {
        let (old, new) = (landmarks.box, next.box)
        let size = max(old.width, old.height)
        steps.insert(size > 0 ? (new.centre - old.centre).length / size : 0, at: 0)
        if steps.count > Self.memory { steps.removeLast() }
        before = landmarks
        landmarks = next
    }

    /// Whether the face moved much further in this frame than in the frames before: heads accelerate over several frames.
    /// In clips of people who turn, nod and speak at 10 to 30 frames per second no face moved by more than 0.053 of its
    /// size per frame. For tracks too short to have a usual motion the limit is 0.3.
    var leaps: Bool {
        guard let last = steps.first else { return false }
        guard steps.count > Self.leastKnown else { return last > Self.greatestMotion }
        return last > max(Self.leastLeap, Self.acceleration * (steps.dropFirst().max() ?? 0))
    }

    /// Number of frames for which the motion is stored.
    private static let memory = 8
    private static let leastKnown = 3
    private static let greatestMotion = 0.3
    private static let leastLeap = 0.06
    private static let acceleration = 2.5

    /// Updates the track with the landmarks of a face that was found again.
    mutating func resume(at next: FaceLandmarks) {
        (landmarks, steps, missing) = (next, [], 0)
    }

    /// Whether new landmarks are plausible for this face one frame later: no jump, and little change of size.
    func continues(as next: FaceLandmarks) -> Bool {
        let (old, new) = (landmarks.box, next.box)
        let (size, nextSize) = (max(old.width, old.height), max(new.width, new.height))
        guard size > 0, nextSize > 0 else { return false }
        return (new.centre - old.centre).length < 0.6 * size && (0.6...1.6).contains(nextSize / size)
    }

    /// Whether a newly detected face may be this one, lost some frames ago.
    func returns(as next: FaceLandmarks) -> Bool {
        let (old, new) = (landmarks.box, next.box)
        let (size, nextSize) = (max(old.width, old.height), max(new.width, new.height))
        guard size > 0, nextSize > 0 else { return false }
        let reach = min(1.5, 0.5 + 0.1 * Double(missing))
        return (new.centre - old.centre).length < reach * size && (0.5...2).contains(nextSize / size)
    }

    /// Whether a detection matches this face: the boxes overlap, or one contains the other's centre.
    func isSeen(in detection: DetectedFace) -> Bool {
        let box = landmarks.box
        return box.overlap(detection.box) > 0.3 || box.contains(detection.box.centre)
    }
}

extension Box {
    func contains(_ point: Point) -> Bool {
        point.x >= x && point.x < x + width && point.y >= y && point.y < y + height
    }
}
