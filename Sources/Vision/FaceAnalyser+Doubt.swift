import Faces
import Pictures

/// Whether the faces that are followed are still those that they were.
///
/// The tracker goes on with whatever face lies where the last one lay. Where the picture or the face changes suddenly, and
/// where it has changed much since it was last recognised, the recogniser decides. What costs something, the recogniser, is
/// asked only where what costs nothing, the face's look in small, gives a reason.
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

    /// Ends the tracks that have gone over to another face without a sudden change of the picture: a slow transition, or
    /// somebody who steps before somebody else.
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

    /// Whether a face that was found again is the one that was lost.
    func isSame(_ index: Int, _ landmarks: FaceLandmarks, in picture: Picture) throws -> Bool {
        let track = tracks[index]
        guard let reference = track.embedding else { return true }
        let patch = FaceAlignment(landmarks: landmarks).flatMap { FacePatch(picture, $0) }
        guard isUnlike(patch, track.patch ?? track.patchBefore, Self.sameLook) || mayBeCut else {
            return true
        }
        return try embedding(of: landmarks, in: picture).cosine(reference) >= Self.samePerson
    }

    /// What the recogniser sees of a face in this frame, asked once.
    func recognised(_ index: Int, in picture: Picture) throws -> Embedding {
        if let current = tracks[index].current { return current }
        let seen = try embedding(of: tracks[index].landmarks, in: picture)
        tracks[index].current = seen
        return seen
    }

    /// Takes how the face is now as what it is compared with from here on.
    func remember(_ index: Int, _ seen: Embedding, in picture: Picture) {
        tracks[index].current = seen
        guard doubt == 0 || tracks[index].embedding == nil else { return }
        let patch =
            tracks[index].patch
            ?? FaceAlignment(landmarks: tracks[index].landmarks).flatMap { FacePatch(picture, $0) }
        (tracks[index].embedding, tracks[index].reference) = (seen, patch)
        (tracks[index].patch, tracks[index].sinceComparison) = (patch, 0)
    }

    /// Compares a face with itself one frame ago.
    private func hasBecomeOther(_ index: Int, in picture: Picture, least: Float) throws -> Bool {
        guard let previous, let before = tracks[index].before else { return false }
        let then = try embedding(of: before, in: previous)
        return try recognised(index, in: picture).cosine(then) < least
    }

    /// Compares a face with itself as it was last recognised: in doubt, or where it looks otherwise now.
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

    /// Frames for which a sudden change may go on: a wipe, a short crossfade.
    static let framesOfDoubt = 12
    /// A look of the face one frame later.
    private static let sameLook: Float = 0.85
    /// A look of the face within a few seconds.
    private static let likeLook: Float = 0.6
    /// Frames from one comparison of a face with itself to the next.
    private static let interval = 5
    private static let intervalInDoubt = 2
    /// The least cosine of a face with itself one frame later: 0.96 was measured over 800 frames. Two look-alikes at a cut
    /// reach 0.7; a face that changes suddenly only gets a second track.
    private static let sameFace: Float = 0.8
    /// The least cosine of a face with itself within a second or so: of genuine pairs of any distance, 1 % lie below 0.53.
    private static let samePerson: Float = 0.5
    /// The same while something has just changed: look-alikes must not pass.
    private static let samePersonInDoubt: Float = 0.65
}
