import Faces
import GRDB

/// Brings a set's identity, and each face's likeness to it, up to date with the faces that are in it, and leaves out those
/// that must be someone else's.
///
/// Whoever changes a set's faces (extraction, merging, splitting) runs this before the packing.
package struct SetLikeness {
    /// How a remark begins by which this leaves faces out; such faces are judged anew each time.
    package static let remark = "likeness "

    private let workspace: Workspace
    private let set: String

    package init(_ workspace: Workspace, set: String) { (self.workspace, self.set) = (workspace, set) }

    /// - Returns: how many faces are left out for their likeness.
    @discardableResult
    package func run() throws -> Int {
        guard var record = try workspace.index.set(set) else { return 0 }
        let detections = try workspace.index.detections(ofSet: set)
        let flagged = Set(
            detections.filter { $0.rejection == .otherPerson && $0.remark?.hasPrefix(Self.remark) == true }
                .map(\.id))
        let own = detections.filter { $0.rejection == nil || flagged.contains($0.id) }
        // Those left out before count as the others do, so that a repetition finds the same.
        let known = TrackIdentity(own.compactMap { face in face.embedding.map { ($0, face.weight) } })
        guard let identity = known?.mean ?? record.identity else { return 0 }
        let judge = FaceJudge(identity: identity, others: try rivals(record), of: own)
        let restored = Set(own.filter { $0.remark == FaceRecord.restored }.map(\.id))
        let entries = SeenTrack.tracks(of: own).flatMap { judge($0) }
            .map { restored.contains($0.id) ? $0.staying : $0 }
        let others = Set(entries.filter(\.isOther).map(\.id))
        record.identity = identity
        if others != flagged { record.isPacked = false }
        try workspace.index.enter(entries, saving: record)
        return others.count
    }

    /// Identities of the other people of the same footage.
    private func rivals(_ record: FaceSetRecord) throws -> [Embedding] {
        guard let footage = record.footage else { return [] }
        return try Footage(workspace, name: footage).people().filter { $0.name != set }.compactMap(\.identity)
    }
}

/// Tells of each face of a track how like the set's person it is, and whether it must be someone else.
///
/// A face without an embedding is judged by the nearest one in its track that has one.
private struct FaceJudge {
    let identity: Embedding
    let others: [Embedding]
    private let spread: LikenessSpread?

    /// Embeddings of less weight, turned or small faces, vary so much that only the lowest likeness tells.
    private static let minimumWeight = 0.5
    /// A face that is so much more like another person of the footage is that person's.
    private static let lead: Float = 0.15

    init(identity: Embedding, others: [Embedding], of faces: [FaceDetection]) {
        (self.identity, self.others) = (identity, others)
        spread = LikenessSpread(
            faces.filter { $0.weight >= Self.minimumWeight }
                .compactMap { face in face.embedding.map { Double($0.cosine(identity)) } })
    }

    private struct Judgement {
        let frame: Int
        let likeness: Double
        let remark: String?
    }

    func callAsFunction(_ track: SeenTrack) -> [LikenessEntry] {
        let known = track.faces.compactMap { face in
            face.embedding.map { judge(face, $0) }
        }
        var place = 0
        return track.faces.map { face in
            guard !known.isEmpty else { return LikenessEntry(id: face.id, likeness: nil, remark: nil) }
            while place + 1 < known.count,
                abs(known[place + 1].frame - face.frame) <= abs(known[place].frame - face.frame)
            {
                place += 1
            }
            return LikenessEntry(id: face.id, likeness: known[place].likeness, remark: known[place].remark)
        }
    }

    private func judge(_ face: FaceDetection, _ embedding: Embedding) -> Judgement {
        let likeness = embedding.cosine(identity)
        let isReliable = face.weight >= Self.minimumWeight
        let least = isReliable ? spread?.least ?? LikenessSpread.lowest : LikenessSpread.lowest
        var remark: String?
        if Double(likeness) < least {
            remark = SetLikeness.remark + "\(Self.digits(Double(likeness))) below \(Self.digits(least))"
        } else if isReliable, let other = others.map({ $0.cosine(embedding) }).max(),
            other - likeness >= Self.lead
        {
            remark =
                SetLikeness.remark
                + "\(Self.digits(Double(likeness))), to another person \(Self.digits(Double(other)))"
        }
        return Judgement(frame: face.frame, likeness: Double(likeness), remark: remark)
    }

    private static func digits(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}

/// What is entered of a face's likeness.
struct LikenessEntry: Sendable, Equatable {
    let id: Int64
    let likeness: Double?
    /// Why the face must be someone else's; nil where it stays.
    let remark: String?

    /// Whether a person has put the face back, whatever its likeness.
    var isRestored = false

    var isOther: Bool { remark != nil && !isRestored }

    var staying: LikenessEntry {
        LikenessEntry(id: id, likeness: likeness, remark: FaceRecord.restored, isRestored: true)
    }
}

extension Index {
    /// Enters likenesses and who is left out for them, and the set's record, in one transaction.
    func enter(_ entries: [LikenessEntry], saving set: FaceSetRecord) throws {
        try write { database in
            let update = try database.makeStatement(
                sql: "UPDATE face SET likeness = ?, rejection = ?, remark = ? WHERE id = ?")
            for entry in entries {
                try update.execute(arguments: [
                    entry.likeness, entry.isOther ? FaceRecord.Rejection.otherPerson.rawValue : nil,
                    entry.remark,
                    entry.id,
                ])
            }
            try set.save(database)
        }
        try reopenCrops(ofSet: set.name)
    }
}
