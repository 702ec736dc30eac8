import Faces
import Foundation
import Pictures
import Tensors

/// Detects all faces in the consecutive frames of a video and tracks them.
///
/// In each frame the landmarks of tracked faces are located around those of the frame before. The detector runs when a face
/// is lost, when there is none, and at an interval for new faces. Shot cuts end all tracks. For single pictures, call
/// `reset()` before each. Not Sendable: it belongs to the thread that runs it, but may share its networks, which are
/// stateless, with analysers of other threads.
package final class FaceAnalyser {
    package let settings: AnalysisSettings
    let detector: YuNet
    let landmarker: any FaceLandmarker
    let recogniser: any FaceRecogniser
    /// Seconds spent on detection, landmarks, expression and identity.
    package internal(set) var clock = VisionClock()
    /// Number of cuts since the last reset: the number of the last frame's shot.
    package private(set) var shot = 0
    /// Number of sudden lighting changes since the last reset that were no cuts.
    package private(set) var light = 0
    private var shotCut = ShotCut()
    /// Whether the last frame may have been the first of a shot.
    var mayBeCut = false
    /// Number of remaining frames in which every face is still compared with its reference from before a sudden change.
    var verificationCountdown = 0
    /// The last frame (shared storage, no copy).
    private(set) var previous: Picture?
    /// Visible faces, in the order of their track numbers, and recently lost ones.
    var tracks: [FaceTrack] = []
    var nextNumber = 0
    var sinceDetection = 0
    /// Number of consecutive frames without a face.
    var emptyFrames = 0

    /// - Parameter weights: the folder that `Scripts/setup` fills, `.deps/weights`.
    /// - Throws: `VisionError` if a network is missing or damaged.
    package init(weights: URL, device: Device, settings: AnalysisSettings = AnalysisSettings()) throws {
        self.settings = settings
        detector = try YuNet(
            weights: weights, device: device, side: settings.detectionSide,
            threshold: settings.detectionThreshold
        )
        landmarker = try FaceMesh(weights: weights, device: device)
        recogniser = try SFace(weights: weights, device: device)
    }

    /// An analyser for another thread that shares this one's networks.
    package init(sharing other: FaceAnalyser) {
        settings = other.settings
        (detector, landmarker, recogniser) = (other.detector, other.landmarker, other.recogniser)
    }

    /// Ends all tracks: the next picture is unrelated to the last. Track numbers continue.
    package func reset() { reset(after: nil) }

    /// Ends all tracks; the given picture precedes the next one, so that a cut between the two is detected.
    package func reset(after picture: Picture?) {
        tracks = []
        shotCut = ShotCut()
        previous = picture
        sinceDetection = 0
        emptyFrames = 0
        (shot, light, verificationCountdown) = (0, 0, 0)
        if let picture { _ = shotCut.classify(picture) }
    }

    /// All faces in the next frame, in the order of their tracks.
    package func faces(in picture: Picture) throws -> [ObservedFace] {
        try observe(picture, embedding: settings.embedding)
    }

    /// All faces in the next frame, in the order of their tracks, with embeddings as the policy says.
    package func observe(_ picture: Picture, embedding policy: EmbeddingPolicy) throws -> [ObservedFace] {
        try Engine.withThreads(settings.threads) { try analyse(picture, policy) }
    }

    private func analyse(_ picture: Picture, _ policy: EmbeddingPolicy) throws -> [ObservedFace] {
        var decision = shotCut.classify(picture)
        // Positions are not comparable between pictures of different size.
        if let previous, (previous.width, previous.height) != (picture.width, picture.height) {
            decision = .cut
        }
        if decision == .cut { beginShot() }
        let lost = try settings.follows ? follow(picture) : release()
        mayBeCut = decision == .doubtful || decision == .relit
        let isDoubtful = decision != .sameShot || shotCut.hasDrifted
        verificationCountdown = isDoubtful ? Self.verificationFrames : max(0, verificationCountdown - 1)
        if try isNewShot(picture, decision, lost: lost) { beginShot() }
        if shotCut.isRelit { light += 1 }
        try endSwitchedTracks(in: picture)
        previous = picture
        sinceDetection += 1
        let following = tracks.contains { $0.missing == 0 }
        if lost || !following || sinceDetection >= settings.detectionInterval {
            try findNewFaces(in: picture)
        }
        dropDuplicates()
        emptyFrames = tracks.contains { $0.missing == 0 } ? 0 : emptyFrames + 1
        return try report(picture, policy)
    }

    func beginShot() {
        tracks = []
        emptyFrames = 0
        shot += 1
        shotCut.beginShot()
    }

    /// Begins a shot whose faces were already detected.
    func breakShot() {
        shot += 1
        shotCut.beginShot()
        tracks.removeAll { $0.missing > 0 }
        for index in tracks.indices { renumber(index) }
    }

    /// Ends tracking so that the detector must find every face again. Returns true: all are lost.
    private func release() -> Bool {
        for index in tracks.indices {
            tracks[index].beginFrame()
            tracks[index].missing += 1
        }
        tracks.removeAll { $0.missing > settings.patience }
        return true
    }

    /// Updates the tracks for this frame. Returns whether one was lost.
    private func follow(_ picture: Picture) throws -> Bool {
        let followed = tracks.indices.filter { tracks[$0].missing == 0 }
        let regions = followed.map { FaceRegion(tracks[$0].landmarks) }
        var lost = false
        let found = try clock.measure(\.landmarks) {
            try landmarker.landmarks(in: picture, around: regions)
        }
        for index in tracks.indices { tracks[index].beginFrame() }
        for (index, landmarks) in zip(followed, found) {
            if let landmarks, isFace(landmarks, in: picture), tracks[index].continues(as: landmarks) {
                tracks[index].advance(to: landmarks)
            } else {
                tracks[index].missing = 1
                lost = true
            }
        }
        for index in tracks.indices where tracks[index].missing > 0 && !followed.contains(index) {
            tracks[index].missing += 1
        }
        tracks.removeAll { $0.missing > settings.patience }
        return lost
    }

    func isFace(_ landmarks: FaceLandmarks, in picture: Picture) -> Bool {
        let box = landmarks.box
        guard landmarks.presence >= settings.presenceThreshold, box.width.isFinite, box.height.isFinite,
            max(box.width, box.height) >= settings.smallestFace
        else { return false }
        return Box(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height))
            .contains(box.centre)
    }

    func embedding(of landmarks: FaceLandmarks, in picture: Picture) throws -> Embedding {
        try clock.measure(\.identity) { try recogniser.embedding(of: landmarks, in: picture) }
    }

    /// Below this cosine two faces of a track, many frames apart, are different people's (of genuine pairs, 1 % are below
    /// 0.53).
    private static let differentPerson: Float = 0.2

    /// Continues the face as a new track.
    func renumber(_ index: Int) {
        var track = FaceTrack(
            number: nextNumber, landmarks: tracks[index].landmarks, score: tracks[index].score)
        (track.patch, track.current) = (tracks[index].patch, tracks[index].current)
        tracks[index] = track
        nextNumber += 1
    }

    /// Removes duplicates: of tracks on the same face the oldest is kept; if there are too many tracks, the largest faces.
    private func dropDuplicates() {
        var kept: [FaceTrack] = []
        for track in tracks.sorted(by: { $0.number < $1.number }) {
            let doubled = kept.contains {
                $0.missing == 0 && track.missing == 0 && $0.landmarks.box.overlap(track.landmarks.box) > 0.5
            }
            if !doubled { kept.append(track) }
        }
        if kept.count > settings.maximumFaces {
            kept.sort { $0.landmarks.box.area > $1.landmarks.box.area }
            kept.removeLast(kept.count - settings.maximumFaces)
            kept.sort { $0.number < $1.number }
        }
        tracks = kept
    }

    private func report(_ picture: Picture, _ policy: EmbeddingPolicy) throws -> [ObservedFace] {
        var faces: [ObservedFace] = []
        for index in tracks.indices where tracks[index].missing == 0 {
            let landmarks = tracks[index].landmarks
            var embedding: Embedding?
            if policy.applies(age: tracks[index].age) {
                let seen = try recognised(index, in: picture)
                if let before = tracks[index].embedding, before.cosine(seen) < Self.differentPerson {
                    renumber(index)
                }
                setReference(index, seen, in: picture)
                embedding = seen
            }
            tracks[index].age += 1
            guard let alignment = FaceAlignment(landmarks: landmarks) else { continue }
            faces.append(
                ObservedFace(
                    box: landmarks.box, score: tracks[index].score, landmarks: landmarks,
                    alignment: alignment,
                    pose: HeadPose(landmarks: landmarks),
                    expression: try expression(of: landmarks),
                    embedding: embedding, track: tracks[index].number))
        }
        return faces
    }

    private func expression(of landmarks: FaceLandmarks) throws -> Faces.Expression {
        guard settings.expressions else { return .neutral }
        return try clock.measure(\.expression) { try landmarker.expression(of: landmarks) }
    }
}
