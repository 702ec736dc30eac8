import Faces
import Foundation
import Workspace

/// Puts faces into other sets by hand: whole sets together, or a part of one by itself.
///
/// Each change is one transaction. Afterwards the sets that it names have to be finished: crops that could not be moved are
/// cut again, likenesses measured, the packed copies written.
package struct FaceRegrouping {
    package let workspace: Workspace

    package struct Outcome: Sendable, Codable, Equatable {
        /// The set that the faces went to.
        package var into: String
        package var moved: Int
        /// Faces that showed the person a second time in one frame.
        package var duplicates: Int
        /// Sets that are not as they were and have to be finished.
        package var changed: [String]
    }

    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// Gives all faces of one set to another, and ends the one.
    ///
    /// - Parameter name: what the set is called afterwards; nil: as the first was.
    package func merge(_ first: String, with second: String, into name: String? = nil) throws -> Outcome {
        guard first != second else {
            throw CurationError(.rule, "'\(first)' cannot be merged with itself; name two sets")
        }
        let (one, other) = (try person(first), try person(second))
        let target = name ?? first
        try Workspace.checkSetName(target)
        guard try target == first || target == second || workspace.index.set(target) == nil else {
            throw CurationError(.rule, "there is a set '\(target)' already; choose another --into")
        }
        // The set whose name stays keeps its crops and how they are cut; those of the other follow.
        let (stays, follows) = target == second ? (other, one) : (one, other)
        try requireCuttable(follows, clips: nil, like: stays)
        var record = one
        (record.name, record.identity) = (target, nil)
        (record.settings, record.options) = (stays.settings, stays.options)
        record.footage = stays.footage ?? one.footage
        record.label = one.label ?? other.label
        var moves = Moves(target: target, free: try workspace.index.freeTracks())
        try moves.add(workspace.index.sightings(ofSet: first), of: one)
        try moves.add(workspace.index.sightings(ofSet: second), of: other)
        let ending = [first, second].filter { $0 != target }
        try FaceTransfer(workspace)(moves.list, saving: [record], removing: ending)
        return Outcome(into: target, moved: moves.list.count, duplicates: moves.duplicates, changed: [target])
    }

    /// Takes chosen faces out of a set, into a new one or one that there is.
    package func split(_ set: String, _ choice: FaceSelection, into name: String) throws -> Outcome {
        guard let source = try workspace.index.set(set) else { throw Self.noSet(set, workspace) }
        guard set != name else {
            throw CurationError(.rule, "'\(set)' is the set itself; choose another --into")
        }
        try Workspace.checkSetName(name)
        let faces = try workspace.index.sightings(ofSet: set)
        let chosen = try choice.faces(of: faces, set: set, crops: workspace.index.cropFiles(ofSet: set))
        guard chosen.count < faces.count else {
            throw CurationError(
                .rule,
                "all faces of '\(set)' would go; to give the set another name use `dimorph faces merge`")
        }
        let isFootage = try !Footage(workspace, name: set).people().isEmpty
        var record = FaceSetRecord(
            name: name, settings: source.settings, footage: isFootage ? set : source.footage)
        var moves = Moves(target: name, free: try workspace.index.freeTracks())
        if try workspace.index.set(name) != nil {
            record = try person(name)
            try requireCuttable(source, clips: Set(chosen.map(\.clip)), like: record)
            try moves.keep(workspace.index.sightings(ofSet: name), of: record)
        }
        moves.add(chosen, of: source, isChosen: true)
        try FaceTransfer(workspace)(moves.list, saving: [record])
        return Outcome(
            into: name, moved: moves.list.count, duplicates: moves.duplicates,
            changed: isFootage ? [name] : [set, name])
    }

    /// A set of one person's faces.
    private func person(_ name: String) throws -> FaceSetRecord {
        guard let record = try workspace.index.set(name) else { throw Self.noSet(name, workspace) }
        guard try Footage(workspace, name: name).people().isEmpty else {
            throw CurationError(
                .rule,
                "'\(name)' is footage of several people; name the sets of its people, or take tracks out of it with "
                    + "`dimorph faces split`")
        }
        return record
    }

    /// Crops cut in another way cannot come along: refuses what would spoil masks, or lose crops whose clips are gone.
    ///
    /// - Parameter clips: those whose crops are to be cut again; nil: all of the set's.
    private func requireCuttable(
        _ set: FaceSetRecord, clips: Set<Int64>?, like record: FaceSetRecord
    ) throws {
        guard !set.settings.cutsLike(record.settings) else { return }
        try workspace.index.requireNoMasks(
            ofSet: set.name, before: "cutting its crops again as those of '\(record.name)'")
        for clip in try workspace.index.clips(ofSet: set.name)
        where clips.map({ $0.contains(clip.id ?? 0) }) ?? true {
            guard !FileManager.default.fileExists(atPath: clip.path) else { continue }
            throw CurationError(
                .notFound,
                "\(clip.path) is gone, from which the crops of '\(set.name)' would have to be cut again because those of "
                    + "'\(record.name)' have another crop, crop_margin, crop_size or crop_format; put it back there, or "
                    + "choose another --into")
        }
    }

    static func noSet(_ name: String, _ workspace: Workspace) -> CurationError {
        CurationError(
            .notFound,
            "there is no set '\(name)' in \(workspace.folder.path); `dimorph info` lists those that are")
    }
}

/// Faces on their way into one set, so that none is doubled there.
private struct Moves {
    let target: String
    private(set) var list: [FaceMove] = []
    private(set) var duplicates = 0
    private var taken: Set<[Int64]> = []
    /// Where the tracks of the faces that are there already were numbered, and the numbers from which all are free in each
    /// clip: in all sets, for others may come to this one later.
    private var origins: Set<String> = []
    private var free: [Int64: Int]

    init(target: String, free: [Int64: Int]) { (self.target, self.free) = (target, free) }

    /// Faces that are in the set and stay as they are.
    mutating func keep(_ faces: [Sighting], of set: FaceSetRecord) {
        for face in faces {
            if face.rejection == nil { taken.insert([face.clip, Int64(face.frame)]) }
        }
        origins.insert(set.footage ?? set.name)
    }

    /// - Parameter isChosen: a person pointed at these faces, so that what was told of whose they are no longer counts.
    mutating func add(_ faces: [Sighting], of set: FaceSetRecord, isChosen: Bool = false) {
        let origin = set.footage ?? set.name
        // Tracks of other footage get numbers of their own, those of the same footage are told apart already.
        let isForeign = !origins.isEmpty && !origins.contains(origin)
        let shift = isForeign ? free : [:]
        for face in faces {
            var move = FaceMove(face.id, from: set.name, to: target)
            if let offset = shift[face.clip] { move.track = face.track + offset }
            if let reason = face.rejection, !isChosen || reason.isDecided || reason == .tooSmall {
                (move.rejection, move.remark) = (reason, face.remark)
            } else if !taken.insert([face.clip, Int64(face.frame)]).inserted {
                move.rejection = .duplicate
                duplicates += 1
            } else if face.rejection == nil, face.remark == FaceRecord.restored {
                move.remark = face.remark
            }
            list.append(move)
            free[face.clip] = max(free[face.clip] ?? 0, (move.track ?? face.track) + 1)
        }
        origins.insert(origin)
    }
}
