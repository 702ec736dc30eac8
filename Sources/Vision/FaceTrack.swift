import Faces

/// One face as it is followed from frame to frame.
struct FaceTrack {
    let number: Int
    var landmarks: FaceLandmarks
    /// Those of the frame before, where the face was in view there.
    private(set) var before: FaceLandmarks?
    /// How far it moved from frame to frame lately, in sizes of the face, the last frame's first.
    private(set) var steps: [Double] = []
    /// The detector's last score.
    var score: Float
    /// Frames in which the face was seen.
    var age = 0
    /// Frames since the face was last seen; 0 when it is in view.
    var missing = 0
    /// What the recogniser saw last while nothing was in doubt: what the track is compared with.
    var embedding: Embedding?
    /// How the face looked then.
    var reference: FacePatch?
    /// How the face looks in this frame; nil where it is not in view.
    var patch: FacePatch?
    /// The same in the frame before it.
    var patchBefore: FacePatch?
    /// What the recogniser has seen in this frame, where it was asked.
    var current: Embedding?
    /// Frames since the face was last compared with what it was.
    var sinceComparison = 0

    init(number: Int, landmarks: FaceLandmarks, score: Float) {
        self.number = number
        self.landmarks = landmarks
        self.score = score
    }

    /// Forgets what was seen in the last frame alone.
    mutating func beginFrame() {
        if patch != nil { patchBefore = patch }
        (patch, current) = (nil, nil)
        sinceComparison += 1
    }

    /// Takes the landmarks of the next frame.
    mutating func advance(to next: FaceLandmarks) {
        let (old, new) = (landmarks.box, next.box)
        let size = max(old.width, old.height)
        steps.insert(size > 0 ? (new.centre - old.centre).length / size : 0, at: 0)
        if steps.count > Self.memory { steps.removeLast() }
        before = landmarks
        landmarks = next
    }

    /// Whether the face moved much further in this frame than in the frames before: heads accelerate over several frames. In clips of
    /// people who turn, nod and speak at 10 to 30 frames per second no face moved by more than 0.053 of its size in a frame. A track
    /// too short to know its usual motion must move by 0.3.
    var leaps: Bool {
        guard let last = steps.first else { return false }
        guard steps.count > Self.leastKnown else { return last > Self.greatestMotion }
        return last > max(Self.leastLeap, Self.acceleration * (steps.dropFirst().max() ?? 0))
    }

    /// Frames over which its motion is remembered.
    private static let memory = 8
    private static let leastKnown = 3
    private static let greatestMotion = 0.3
    private static let leastLeap = 0.06
    private static let acceleration = 2.5

    /// Takes the landmarks of a face that was found again.
    mutating func resume(at next: FaceLandmarks) {
        (landmarks, steps, missing) = (next, [], 0)
    }

    /// Whether new landmarks can be those of this face one frame later: it has neither jumped nor changed its size much.
    func continues(as next: FaceLandmarks) -> Bool {
        let (old, new) = (landmarks.box, next.box)
        let (size, nextSize) = (max(old.width, old.height), max(new.width, new.height))
        guard size > 0, nextSize > 0 else { return false }
        return (new.centre - old.centre).length < 0.6 * size && (0.6...1.6).contains(nextSize / size)
    }

    /// Whether a face that was found anew can be this one, lost some frames ago.
    func returns(as next: FaceLandmarks) -> Bool {
        let (old, new) = (landmarks.box, next.box)
        let (size, nextSize) = (max(old.width, old.height), max(new.width, new.height))
        guard size > 0, nextSize > 0 else { return false }
        let reach = min(1.5, 0.5 + 0.1 * Double(missing))
        return (new.centre - old.centre).length < reach * size && (0.5...2).contains(nextSize / size)
    }

    /// Whether a detection shows this face: the boxes overlap, or one holds the other's centre.
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
