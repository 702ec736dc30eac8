import Faces
import GRDB

/// Updates the identity of a set and the similarity of each face to it, and rejects faces of other people.
///
/// Must run after changes of a set's faces (extraction, merging, splitting) and before packing.
package struct SetLikeness {
    /// Prefix of the remark of faces rejected here; these faces are evaluated again each time.
    package static let remark = "likeness "

    private let workspace: Workspace
    private let set: String

    package init(_ workspace: Workspace, set: String) { (self.workspace, self.set) = (workspace, set) }

    /// - Returns: number of faces rejected for low similarity.
    @discardableResult
    package func run() throws -> Int {
        guard var record = try workspace.index.set(set) else { return 0 }
        let detections = try workspace.index.detections(ofSet: set)
        let flagged = Set(
            detections.filter { $0.rejection == .otherPerson && $0.remark?.hasPrefix(Self.remark) == true }
                .map(\.id))
        let own = detections.filter { $0.rejection == nil || flagged.contains($0.id) }
        // Includes faces rejected before, so that repeated runs give the same result.
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

/// Computes the similarity of each face of a track to the set's identity, and whether it belongs to another person.
///
/// A face without an embedding gets the result of the nearest one in its track.
private struct FaceJudge {
    let identity: Embedding
    let others: [Embedding]
    private let spread: LikenessSpread?

    /// Embeddings of lower weight (turned or small faces) vary so much that only a very low similarity rejects them.
    private static let minimumWeight = 0.5
    /// A face that is more similar to another person of the footage by this margin belongs to that person.
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

/// Result for a face, to be stored in the index.
struct LikenessEntry: Sendable, Equatable {
    let id: Int64
    let likeness: Double?
    /// Reason for rejection; `nil` for included faces.
    let remark: String?

    /// Whether the user restored the face, regardless of its similarity.
    var isRestored = false

    var isOther: Bool { remark != nil && !isRestored }

    var staying: LikenessEntry {
        LikenessEntry(id: id, likeness: likeness, remark: FaceRecord.restored, isRestored: true)
    }
}

extension Index {
    /// Stores similarities, rejections and the set record in one transaction.
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
