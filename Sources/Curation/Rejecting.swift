import Foundation
import Workspace

extension SetCuration {
    /// The kept faces that a rule leaves out, each with the first rule that says so.
    package func marks(by rules: [FaceRule]) throws -> [FaceMark] {
        try faces().filter { $0.rejection == nil }.compactMap { face in
            rules.first { $0.matches(face) }.map {
                FaceMark(id: face.id, rejection: .byRule, remark: $0.description)
            }
        }
    }

    /// Marks that leave out the faces with these numbers, for a person's own reason.
    package func marks(byHand ids: [Int64], remark: String? = nil) throws -> [FaceMark] {
        try faces(numbered: ids).map { FaceMark(id: $0.id, rejection: .byHand, remark: remark) }
    }

    /// What came of a restoration.
    package struct Restoration: Sendable, Equatable {
        package var restored = 0
        /// Those of them that have no crop: it was deleted, or never cut. The next extraction cuts it.
        package var withoutCrop = 0
    }

    /// The rejected faces that are asked for.
    ///
    /// - Parameters:
    ///   - reason: only those that were left out for it.
    ///   - ids: only those with these numbers.
    package func rejected(for reason: FaceRecord.Rejection? = nil, numbered ids: [Int64]? = nil) throws
        -> [FaceSummary]
    {
        var candidates = try ids.map(faces(numbered:)) ?? faces()
        if reason == .missing {
            // Also those that no packing has marked yet.
            let gone = Set(try CropPresence(workspace, set: name).gone)
            for index in candidates.indices where gone.contains(candidates[index].id) {
                candidates[index].rejection = .missing
            }
        }
        return candidates.filter { face in
            guard let rejection = face.rejection else { return false }
            return reason.map { $0 == rejection } ?? true
        }
    }

    /// Lets rejected faces stay again. What the program had left out itself (another person, too small) is remembered as
    /// put back, so that the next extraction does not leave it out again.
    package func restore(_ faces: [FaceSummary]) throws -> Restoration {
        let marks = faces.map { face in
            let byProgram = [.otherPerson, .duplicate, .tooSmall].contains(face.rejection)
            return FaceMark(id: face.id, rejection: nil, remark: byProgram ? FaceRecord.restored : nil)
        }
        let bare = try faces.filter { face in
            try !(crop(of: face).map { FileManager.default.fileExists(atPath: $0.path) } ?? false)
        }
        try mark(marks)
        if !bare.isEmpty { try workspace.index.forgetCrops(of: bare.map(\.id), inSet: name) }
        return Restoration(restored: marks.count, withoutCrop: bare.count)
    }
}
