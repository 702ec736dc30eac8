import Foundation
import Workspace

extension SetCuration {
    /// Marks for included faces that match a rule, with the first matching rule.
    package func marks(by rules: [FaceRule]) throws -> [FaceMark] {
        try faces().filter { $0.rejection == nil }.compactMap { face in
            rules.first { $0.matches(face) }.map {
                FaceMark(id: face.id, rejection: .byRule, remark: $0.description)
            }
        }
    }

    /// Marks that exclude the faces with these numbers.
    package func marks(byHand ids: [Int64], remark: String? = nil) throws -> [FaceMark] {
        try faces(numbered: ids).map { FaceMark(id: $0.id, rejection: .byHand, remark: remark) }
    }

    /// Result of a restoration.
    package struct Restoration: Sendable, Equatable {
        package var restored = 0
        /// Number of restored faces without a crop, which the next extraction cuts.
        package var withoutCrop = 0
    }

    /// Rejected faces by reason and number.
    ///
    /// - Parameters:
    ///   - reason: restricts the result to this reason.
    ///   - ids: restricts the result to these numbers.
    package func rejected(for reason: FaceRecord.Rejection? = nil, numbered ids: [Int64]? = nil) throws
        -> [FaceSummary]
    {
        var candidates = try ids.map(faces(numbered:)) ?? faces()
        if reason == .missing {
            // Includes faces not yet marked by packing.
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

    /// Restores rejected faces. Those rejected automatically (another person, too small) get the remark
    /// `FaceRecord.restored`, so that the next extraction does not reject them again.
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
