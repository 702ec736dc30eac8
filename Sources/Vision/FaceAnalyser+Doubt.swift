import Faces
import Pictures

/// Verifies that tracks still follow the same faces.
///
/// The tracker continues with any face at the last position. After a sudden change of the picture or the face, and after a
/// large gradual change since the last verification, the recogniser decides. The expensive recogniser runs only if the
/// cheap comparison of face patches indicates a change.
extension FaceAnalyser {
    /// Whether a sudden change of the picture is a cut.
    func isNewShot(_ picture: Picture, _ judgement: ShotCut.Judgement, lost: Bool) throws -> Bool {
        guard mayBeCut else { return false }
        // A flash leaves the faces where they are.
        if judgement == .relit, lost || tracks.isEmpty { return true }
        return try tracks.indices.contains { index in
            guard tracks[index].missing == 0 else { return false }
            return try tracks[index].leaps || hasBecomeOther(index, in: picture, least: Self.sameFace)
        }
    }

    /// Ends tracks that have switched to another face without a sudden change of the picture: a slow transition, or a
    /// person who occludes another.
    func endTakenOverTracks(in picture: Picture) throws {
        for index in tracks.indices where tracks[index].missing == 0 {
            let patch = FaceAlignment(landmarks: tracks[index].landmarks).flatMap { FacePatch(picture, $0) }
            tracks[index].patch = patch
            let isSudden = isUnlike(patch, tracks[index].patchBefore, Self.sameLook)
            if try isSudden && hasBecomeOther(index, in: picture, least: Self.samePersonInDoubt) {
                renumber(index)
            } else if try isNoLongerItself(index, patch, in: picture) {
                // In a transition every face changes, and so does the shot.
                guard doubt == 0 else { return beginShot() }
                renumber(index)
            }
        }
    }

    /// Whether a face that was found again is the lost one.
    func isSame(_ index: Int, _ landmarks: FaceLandmarks, in picture: Picture) throws -> Bool {
        let track = tracks[index]
        guard let reference = track.embedding else { return true }
        let patch = FaceAlignment(landmarks: landmarks).flatMap { FacePatch(picture, $0) }
        guard isUnlike(patch, track.patch ?? track.patchBefore, Self.sameLook) || mayBeCut else {
            return true
        }
        return try embedding(of: landmarks, in: picture).cosine(reference) >= Self.samePerson
    }

    /// The face's embedding in this frame, computed at most once.
    func recognised(_ index: Int, in picture: Picture) throws -> Embedding {
        if let current = tracks[index].current { return current }
        let seen = try embedding(of: tracks[index].landmarks, in: picture)
        tracks[index].current = seen
        return seen
    }

    /// Stores the face's current appearance as the reference for later comparisons.
    func remember(_ index: Int, _ seen: Embedding, in picture: Picture) {
        tracks[index].current = seen
        guard doubt == 0 || tracks[index].embedding == nil else { return }
        let patch =
            tracks[index].patch
            ?? FaceAlignment(landmarks: tracks[index].landmarks).flatMap { FacePatch(picture, $0) }
        (tracks[index].embedding, tracks[index].reference) = (seen, patch)
        (tracks[index].patch, tracks[index].sinceComparison) = (patch, 0)
    }

    /// Compares a face with itself one frame earlier.
    private func hasBecomeOther(_ index: Int, in picture: Picture, least: Float) throws -> Bool {
        guard let previous, let before = tracks[index].before else { return false }
        let then = try embedding(of: before, in: previous)
        return try recognised(index, in: picture).cosine(then) < least
    }

    /// Compares a face with its last reference, if the match is in doubt or its appearance has changed.
    private func isNoLongerItself(_ index: Int, _ patch: FacePatch?, in picture: Picture) throws -> Bool {
        let track = tracks[index]
        guard let reference = track.embedding else { return false }
        let isDue =
            doubt > 0
            ? track.sinceComparison >= Self.intervalInDoubt
            : track.sinceComparison >= Self.interval && isUnlike(patch, track.reference, Self.likeLook)
        guard isDue else { return false }
        let seen = try recognised(index, in: picture)
        tracks[index].sinceComparison = 0
        guard seen.cosine(reference) >= (doubt > 0 ? Self.samePersonInDoubt : Self.samePerson) else {
            return true
        }
        remember(index, seen, in: picture)
        return false
    }

    private func isUnlike(_ patch: FacePatch?, _ other: FacePatch?, _ least: Float) -> Bool {
        guard let patch, let other else { return false }
        return patch.likeness(to: other) < least
    }

    /// Greatest length of a sudden change in frames: a wipe, a short crossfade.
    static let framesOfDoubt = 12
    /// Least patch similarity one frame later.
    private static let sameLook: Float = 0.85
    /// Least patch similarity within a few seconds.
    private static let likeLook: Float = 0.6
    /// Interval, in frames, between comparisons of a face with its reference.
    private static let interval = 5
    private static let intervalInDoubt = 2
    /// Least embedding cosine of a face with itself one frame later: 0.96 was measured over 800 frames. Two similar people
    /// at a cut reach 0.7; a face that really changes suddenly merely gets a second track.
    private static let sameFace: Float = 0.8
    /// Least cosine of a face with itself within a second or so: of genuine pairs at any distance, 1 % are below 0.53.
    private static let samePerson: Float = 0.5
    /// The same shortly after a sudden change: similar people must be rejected.
    private static let samePersonInDoubt: Float = 0.65
}
