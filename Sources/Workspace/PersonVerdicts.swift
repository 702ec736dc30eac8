import Faces

/// Decides which faces of a person are included in the set.
package struct PersonVerdicts {
    /// Minimum face width in pixels of the video.
    package let minimumWidth: Double

    package init(minimumWidth: Double) { self.minimumWidth = minimumWidth }

    /// Rejects faces that are too small and, of two faces in one frame, the one whose track is less similar to the person.
    ///
    /// - Returns: reason for rejection of each face; `nil` for included ones.
    package func callAsFunction(_ tracks: [SeenTrack], identity: Embedding?) -> [Int64: FaceRecord.Rejection?]
    {
        struct Place: Hashable {
            let clip: Int64
            let frame: Int
        }
        var verdicts: [Int64: FaceRecord.Rejection?] = [:]
        var best: [Place: (id: Int64, likeness: Float)] = [:]
        for track in tracks {
            let likeness = identity.flatMap { track.identity?.mean.cosine($0) } ?? -1
            for face in track.faces {
                guard face.faceWidth >= minimumWidth else {
                    verdicts[face.id] = .some(.tooSmall)
                    continue
                }
                let place = Place(clip: face.clip, frame: face.frame)
                verdicts.updateValue(nil, forKey: face.id)
                if let rival = best[place] {
                    let loser = rival.likeness >= likeness ? face.id : rival.id
                    verdicts[loser] = .some(.duplicate)
                    if loser == face.id { continue }
                }
                best[place] = (face.id, likeness)
            }
        }
        return verdicts
    }
}
