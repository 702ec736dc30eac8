import GRDB

extension Index {
    /// Stores an imported, completely extracted set in one transaction.
    ///
    /// - Parameters:
    ///   - clips: clips with known fingerprints are not changed.
    ///   - faces: `clip` is an index in `clips`.
    package func enter(_ set: FaceSetRecord, clips: [ClipRecord], faces: [FaceRecord]) throws {
        try write { database in
            try set.insert(database)
            let known = try ClipRecord.fetchAll(database)
            var numbers: [Int64] = []
            for clip in clips {
                var record = known.first { $0.fingerprint == clip.fingerprint } ?? clip
                if record.id == nil { try record.insert(database) }
                guard let number = record.id else { continue }
                numbers.append(number)
                try Self.finished(set: set.name, clip: number, clip.frameCount).insert(database)
            }
            for var face in faces {
                face.setName = set.name
                face.clip = numbers[Int(face.clip)]
                try face.insert(database)
            }
        }
    }

    /// State of a completely extracted clip.
    private static func finished(set: String, clip: Int64, _ frames: Int?) -> ExtractionState {
        var state = ExtractionState(setName: set, clip: clip)
        (state.nextFrame, state.nextCrop) = (frames ?? 0, frames ?? 0)
        (state.isAnalysed, state.isCropped) = (true, true)
        return state
    }
}
