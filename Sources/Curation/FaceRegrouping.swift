import Faces
import Foundation
import Workspace

/// Merges face sets and splits faces from a set on request of the user.
///
/// Each change is one transaction. Afterwards, the sets in `Outcome.changed` must be updated with `FaceSetWriter`: crops that
/// could not be moved are cut again, similarities are measured and the packed copies are written.
package struct FaceRegrouping {
    package let workspace: Workspace

    package struct Outcome: Sendable, Codable, Equatable {
        /// The set that received the faces.
        package var into: String
        package var moved: Int
        /// Faces excluded because the set already has a face in the same frame.
        package var duplicates: Int
        /// Changed sets, which must be updated.
        package var changed: [String]
    }

    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// Moves all faces of the second set into the first and removes the second.
    ///
    /// - Parameter name: name of the merged set; `nil`: that of the first.
    package func merge(_ first: String, with second: String, into name: String? = nil) throws -> Outcome {
        guard first != second else {
            throw CurationError(.rule, "'\(first)' cannot be merged with itself; specify two sets")
        }
        let (one, other) = (try person(first), try person(second))
        let target = name ?? first
        try Workspace.checkSetName(target)
        guard try target == first || target == second || workspace.index.set(target) == nil else {
            throw CurationError(.rule, "the set '\(target)' already exists; choose another --into")
        }
        // The set whose name is kept keeps its crops and crop settings; the crops of the other are adapted.
        let (stays, follows) = target == second ? (other, one) : (one, other)
        try requireCuttable(follows, clips: nil, like: stays)
        var record = one
        (record.name, record.identity) = (target, nil)
        (record.settings, record.options) = (stays.settings, stays.options)
        record.footage = stays.footage ?? one.footage
        record.label = one.label ?? other.label
        var moves = Moves(target: target, free: try workspace.index.freeTracks())
        try moves.add(workspace.index.detections(ofSet: first), of: one)
        try moves.add(workspace.index.detections(ofSet: second), of: other)
        let ending = [first, second].filter { $0 != target }
        try FaceTransfer(workspace)(moves.list, saving: [record], removing: ending)
        return Outcome(into: target, moved: moves.list.count, duplicates: moves.duplicates, changed: [target])
    }

    /// Moves selected faces of a set into a new or an existing one.
    package func split(_ set: String, _ choice: FaceSelection, into name: String) throws -> Outcome {
        guard let source = try workspace.index.set(set) else { throw Self.noSet(set, workspace) }
        guard set != name else {
            throw CurationError(.rule, "'\(set)' is the set itself; choose another --into")
        }
        try Workspace.checkSetName(name)
        let faces = try workspace.index.detections(ofSet: set)
        let chosen = try choice.faces(of: faces, set: set, crops: workspace.index.cropFiles(ofSet: set))
        guard chosen.count < faces.count else {
            throw CurationError(
                .rule,
                "all faces of '\(set)' would be moved; to rename the set use `dimorph faces merge`")
        }
        let isFootage = try !Footage(workspace, name: set).people().isEmpty
        var record = FaceSetRecord(
            name: name, settings: source.settings, footage: isFootage ? set : source.footage)
        var moves = Moves(target: name, free: try workspace.index.freeTracks())
        if try workspace.index.set(name) != nil {
            record = try person(name)
            try requireCuttable(source, clips: Set(chosen.map(\.clip)), like: record)
            try moves.keep(workspace.index.detections(ofSet: name), of: record)
        }
        moves.add(chosen, of: source, isChosen: true)
        try FaceTransfer(workspace)(moves.list, saving: [record])
        return Outcome(
            into: name, moved: moves.list.count, duplicates: moves.duplicates,
            changed: isFootage ? [name] : [set, name])
    }

    /// The record of a set of one person; throws for footage of several people.
    private func person(_ name: String) throws -> FaceSetRecord {
        guard let record = try workspace.index.set(name) else { throw Self.noSet(name, workspace) }
        guard try Footage(workspace, name: name).people().isEmpty else {
            throw CurationError(
                .rule,
                "'\(name)' is footage of several people; specify the sets of its people, or split tracks off with "
                    + "`dimorph faces split`")
        }
        return record
    }

    /// Throws if crops with other settings must be cut again and this would invalidate masks or lose crops of missing clips.
    ///
    /// - Parameter clips: clips whose crops must be cut again; `nil`: all clips of the set.
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
                "\(clip.path) is missing; the crops of '\(set.name)' must be cut again from it because '\(record.name)' has "
                    + "another crop, crop_margin, crop_size or crop_format; restore the clip, or "
                    + "choose another --into")
        }
    }

    static func noSet(_ name: String, _ workspace: Workspace) -> CurationError {
        CurationError(
            .notFound,
            "there is no set '\(name)' in \(workspace.folder.path); `dimorph info` lists the existing ones")
    }
}

/// Collects moves of faces into one set and detects duplicates.
private struct Moves {
    let target: String
    private(set) var list: [FaceMove] = []
    private(set) var duplicates = 0
    private var taken: Set<[Int64]> = []
    /// Sets in which the tracks of the present faces were numbered, and the lowest free track number of each clip over all
    /// sets, because faces of other sets may be added later.
    private var origins: Set<String> = []
    private var free: [Int64: Int]

    init(target: String, free: [Int64: Int]) { (self.target, self.free) = (target, free) }

    /// Registers faces of the target set that are not moved.
    mutating func keep(_ faces: [FaceDetection], of set: FaceSetRecord) {
        for face in faces {
            if face.rejection == nil { taken.insert([face.clip, Int64(face.frame)]) }
        }
        origins.insert(set.footage ?? set.name)
    }

    /// - Parameter isChosen: whether the user selected these faces, which overrides their automatic assignment.
    mutating func add(_ faces: [FaceDetection], of set: FaceSetRecord, isChosen: Bool = false) {
        let origin = set.footage ?? set.name
        // Tracks of other footage are renumbered; those of the same footage have distinct numbers.
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
