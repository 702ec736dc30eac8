import Faces
import Pictures

/// Detection of faces that are not tracked yet.
extension FaceAnalyser {
    /// Detects faces in the upright picture first. If nothing is tracked, the picture is also searched in all four
    /// rotations and the one with the highest confidence is used: when an apparently upright face may be a rotated one, and
    /// at intervals when there is none.
    func findNewFaces(in picture: Picture) throws {
        sinceDetection = 0
        let upright = try clock.measure(\.detection) { try detector.faces(in: picture) }
        let (nothingTracked, number) = (tracks.isEmpty, nextNumber)
        try accept(upright, in: picture)
        guard nothingTracked, settings.searchInterval > 0 else { return }
        let isDue = emptyFrames % settings.searchInterval == 0
        guard tracks.isEmpty ? isDue : upright[0].score < Self.upright else { return }
        (tracks, nextNumber) = ([], number)
        try search(picture, upright)
    }

    /// Tracks the faces of the rotation with the highest confidence, otherwise those of the enlarged picture.
    private func search(_ picture: Picture, _ upright: [DetectedFace]) throws {
        let side = min(settings.detectionSide, max(picture.width, picture.height))
        func detect(side: Int, turns: Int) throws -> [DetectedFace] {
            try clock.measure(\.detection) {
                try detector.faces(in: picture, side: side, quarterTurns: turns)
            }
        }
        let views = try [upright] + [1, 3, 2].map { try detect(side: side, turns: $0) }
        let ranked = views.filter { !$0.isEmpty }.sorted { $0[0].score > $1[0].score }
        for view in ranked where tracks.isEmpty { try accept(view, in: picture) }
        if tracks.isEmpty { try accept(detect(side: 2 * side, turns: 0), in: picture) }
    }

    /// Confidence that only upright faces reach: rotated faces get up to 0.90 from the detector, and up to full presence
    /// from the landmarker; they always score higher in their own rotation.
    private static let upright: Float = 0.91

    /// Starts tracks for detections that the landmarker confirms.
    private func accept(_ detections: [DetectedFace], in picture: Picture) throws {
        for detection in detections {
            if let index = tracks.firstIndex(where: { $0.missing == 0 && $0.isSeen(in: detection) }) {
                tracks[index].score = detection.score
                continue
            }
            guard let landmarks = try refinedLandmarks(of: detection, in: picture) else { continue }
            // A face lost at a possible cut is not matched with a face found in the same frame.
            let lost = mayBeCut ? 2 : 1
            let index = try tracks.indices.first { index in
                try tracks[index].missing >= lost && tracks[index].returns(as: landmarks)
                    && isSame(index, landmarks, in: picture)
            }
            let patch = FaceAlignment(landmarks: landmarks).flatMap { FacePatch(picture, $0) }
            if let index {
                tracks[index].resume(at: landmarks)
                (tracks[index].patch, tracks[index].score) = (patch, detection.score)
            } else {
                if mayBeCut, tracks.contains(where: { $0.missing == 1 && $0.returns(as: landmarks) }) {
                    breakShot()
                }
                tracks.append(FaceTrack(number: nextNumber, landmarks: landmarks, score: detection.score))
                tracks[tracks.count - 1].patch = patch
                nextNumber += 1
            }
        }
    }

    /// Landmarks around a detection, refined by a second pass.
    private func refinedLandmarks(of detection: DetectedFace, in picture: Picture) throws -> FaceLandmarks? {
        try clock.measure(\.landmarks) {
            guard let first = try landmarker.landmarks(in: picture, around: FaceRegion(detection)),
                first.presence > 0.1,
                let second = try landmarker.landmarks(in: picture, around: FaceRegion(first)),
                isFace(second, in: picture)
            else { return nil }
            return second
        }
    }
}
