import Faces
import Pictures

/// Verifies that tracks still follow the same faces.
///
/// The tracker continues with any face at the last position. After a sudden change of the picture or the face, and after a
/// large gradual change since the last verification, the recogniser decides. The expensive recogniser runs only if the
/// cheap comparison of face patches indicates a change.
extension FaceAnalyser {
    /// Whether a sudden change of the picture is a cut.
    func isNewShot(_ picture: Picture, _ decision: ShotCut.Decision, lost: Bool) throws -> Bool {
        guard mayBeCut else { return false }
        // A flash leaves the faces where they are.
        if decision == .relit, lost || tracks.isEmpty { return true }
        return try tracks.indices.contains { index in
            guard tracks[index].missing == 0 else { return false }
            return try tracks[index].leaps
                || changedSincePreviousFrame(index, in: picture, least: Self.sameFace)
        }
    }

    /// Ends tracks that have switched to another face without a sudden change of the picture: a slow transition, or a
    /// person who occludes another.
    func endSwitchedTracks(in picture: Picture) throws {
        for index in tracks.indices where tracks[index].missing == 0 {
            let patch = FaceAlignment(landmarks: tracks[index].landmarks).flatMap { FacePatch(picture, $0) }
            tracks[index].patch = patch
            let isSudden = isDissimilar(patch, tracks[index].patchBefore, Self.leastSimilarityNextFrame)
            if try isSudden
                && changedSincePreviousFrame(index, in: picture, least: Self.samePersonAfterChange)
            {
                renumber(index)
            } else if try differsFromReference(index, patch, in: picture) {
                // In a transition every face changes, and so does the shot.
                guard verificationCountdown == 0 else { return beginShot() }
                renumber(index)
            }
        }
    }

    /// Whether a face that was found again is the lost one.
    func isSame(_ index: Int, _ landmarks: FaceLandmarks, in picture: Picture) throws -> Bool {
        let track = tracks[index]
        guard let reference = track.embedding else { return true }
        let patch = FaceAlignment(landmarks: landmarks).flatMap { FacePatch(picture, $0) }
        guard isDissimilar(patch, track.patch ?? track.patchBefore, Self.leastSimilarityNextFrame) || mayBeCut
        else {
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
    func setReference(_ index: Int, _ seen: Embedding, in picture: Picture) {
        tracks[index].current = seen
        guard verificationCountdown == 0 || tracks[index].embedding == nil else { return }
        let patch =
            tracks[index].patch
            ?? FaceAlignment(landmarks: tracks[index].landmarks).flatMap { FacePatch(picture, $0) }
        (tracks[index].embedding, tracks[index].reference) = (seen, patch)
        (tracks[index].patch, tracks[index].sinceComparison) = (patch, 0)
    }

    /// Compares a face with itself one frame earlier.
    private func changedSincePreviousFrame(_ index: Int, in picture: Picture, least: Float) throws -> Bool {
        guard let previous, let before = tracks[index].before else { return false }
        let then = try embedding(of: before, in: previous)
        return try recognised(index, in: picture).cosine(then) < least
    }

    /// Compares a face with its last reference, if the match is in doubt or its appearance has changed.
    private func differsFromReference(_ index: Int, _ patch: FacePatch?, in picture: Picture) throws -> Bool {
        let track = tracks[index]
        guard let reference = track.embedding else { return false }
        let isDue =
            verificationCountdown > 0
            ? track.sinceComparison >= Self.intervalAfterChange
            : track.sinceComparison >= Self.interval
                && isDissimilar(patch, track.reference, Self.leastSimilarityToReference)
        guard isDue else { return false }
        let seen = try recognised(index, in: picture)
        tracks[index].sinceComparison = 0
        guard
            seen.cosine(reference)
                >= (verificationCountdown > 0 ? Self.samePersonAfterChange : Self.samePerson)
        else {
            return true
        }
        setReference(index, seen, in: picture)
        return false
    }

    private func isDissimilar(_ patch: FacePatch?, _ other: FacePatch?, _ least: Float) -> Bool {
        guard let patch, let other else { return false }
        return patch.likeness(to: other) < least
    }

    /// Greatest length of a sudden change in frames: a wipe, a short crossfade.
    static let verificationFrames = 12
    /// Least patch similarity one frame later.
    private static let leastSimilarityNextFrame: Float = 0.85
    /// Least patch similarity within a few seconds.
    private static let leastSimilarityToReference: Float = 0.6
    /// Interval, in frames, between comparisons of a face with its reference.
    private static let interval = 5
    private static let intervalAfterChange = 2
    /// Least embedding cosine of a face with itself one frame later: 0.96 was measured over 800 frames. Two similar people
    /// at a cut reach 0.7; a face that really changes suddenly merely gets a second track.
    private static let sameFace: Float = 0.8
    /// Least cosine of a face with itself within a second or so: of genuine pairs at any distance, 1 % are below 0.53.
    private static let samePerson: Float = 0.5
    /// The same shortly after a sudden change: similar people must be rejected.
    private static let samePersonAfterChange: Float = 0.65
}
