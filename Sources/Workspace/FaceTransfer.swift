import Files
import Foundation
import GRDB

/// A face that goes from one set to another.
package struct FaceMove: Sendable, Equatable {
    package let face: Int64
    package let from: String
    package let to: String
    /// Why it is left out there; nil: it stays.
    package var rejection: FaceRecord.Rejection?
    /// What a person should know of the rejection.
    package var remark: String?
    /// Its track's number there; nil: the same.
    package var track: Int?

    package init(
        _ face: Int64, from: String, to: String, rejection: FaceRecord.Rejection? = nil,
        remark: String? = nil,
        track: Int? = nil
    ) {
        (self.face, self.from, self.to) = (face, from, to)
        (self.rejection, self.remark, self.track) = (rejection, remark, track)
    }
}

/// Moves faces from sets to others: rows of the index, crops and painted masks.
///
/// Files are first linked where they belong, then the index changes in one transaction, then the old names go. Killed at
/// any moment, the index is as before or as after, with all files that it names.
package struct FaceTransfer {
    private let workspace: Workspace
    private let files = FileManager.default

    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// - Parameters:
    ///   - sets: what becomes of the sets' records in the same transaction: new ones, changed ones. Every set that faces come
    ///     from or go to must be packed anew afterwards, and is marked so.
    ///   - removing: sets that end with this; they must have no faces left.
    ///   - footage: a set of everybody's faces whose people are told apart with this.
    /// - Throws: `WorkspaceError`; nothing has changed then.
    package func callAsFunction(
        _ moves: [FaceMove], saving sets: [FaceSetRecord], removing: [String] = [],
        footage: String? = nil
    ) throws {
        var settings: [String: ExtractionSettings] = [:]
        for set in try workspace.index.sets() + sets { settings[set.name] = set.settings }
        var places: [Int64: CropPlace] = [:]
        for name in Set(moves.flatMap { [$0.from, $0.to] }).sorted() {
            try CropPresence(workspace, set: name).require()
        }
        for name in Set(moves.map(\.from)) {
            for place in try workspace.index.cropPlaces(ofSet: name) { places[place.id] = place }
        }
        var plans: [PlannedMove] = []
        do {
            for move in moves {
                let fits =
                    settings[move.from].flatMap { a in settings[move.to].map { a.cutsLike($0) } } ?? false
                plans.append(PlannedMove(move: move))
                try prepare(&plans[plans.count - 1], places[move.face], movesCrop: fits)
            }
            try workspace.index.perform(plans, saving: sets, removing: removing, footage: footage)
        } catch {
            for plan in plans { for file in plan.files { try? files.removeItem(at: file.new) } }
            throw error
        }
        for plan in plans {
            for file in plan.files { try? files.removeItem(at: file.old) }
        }
        for name in removing {
            try? files.removeItem(at: workspace.packed(set: name))
            try? files.removeItem(at: workspace.cropsFolder(set: name))
        }
    }

    /// Links the files of a face that leaves its set.
    private func prepare(_ plan: inout PlannedMove, _ place: CropPlace?, movesCrop: Bool) throws {
        guard plan.move.from != plan.move.to else {
            (plan.cropFile, plan.maskFile) = (place?.cropFile, place?.maskFile)
            return
        }
        if movesCrop, let crop = place?.cropFile {
            plan.cropFile = try link(crop, &plan)
            if plan.cropFile == nil, plan.move.rejection == nil {
                // Its file is looked for where it would lie now.
                (plan.cropFile, plan.move.rejection) = (crop, .missing)
            }
        }
        if let mask = place?.maskFile {
            plan.maskFile = try link(mask, &plan)
            guard plan.maskFile != nil else { throw missing(mask, of: plan.move.from) }
        }
    }

    private func missing(_ mask: String, of set: String) -> WorkspaceError {
        WorkspaceError(
            .filesMissing,
            "\(workspace.cropsFolder(set: set).appending(path: mask).path) is missing, a mask that was imported or refined; "
                + "nothing was changed. Put it back, or give masks up by `dimorph faces masks clear \(set)`")
    }

    /// Gives a file its place in the other set as well. Nil where the file is gone.
    private func link(_ path: String, _ plan: inout PlannedMove) throws -> String? {
        let old = try workspace.file(path, ofSet: plan.move.from)
        guard files.fileExists(atPath: old.path) else { return nil }
        var name = path
        var new = try workspace.file(name, ofSet: plan.move.to)
        if files.fileExists(atPath: new.path) {
            // Left by a transfer that was killed, or another face of the frame: the face's number tells them apart.
            let (stem, ending) = (new.deletingPathExtension().lastPathComponent, new.pathExtension)
            let parent = path.split(separator: "/").dropLast().joined(separator: "/")
            name = (parent.isEmpty ? "" : parent + "/") + "\(stem)-\(plan.move.face).\(ending)"
            new = try workspace.file(name, ofSet: plan.move.to)
            try? files.removeItem(at: new)
        }
        try Workspace.makeFolder(new.deletingLastPathComponent())
        try FileSystem.link(old, as: new)
        plan.files.append((old, new))
        return name
    }
}

/// A move whose files lie ready.
struct PlannedMove {
    var move: FaceMove
    var cropFile: String?
    var maskFile: String?
    var files: [(old: URL, new: URL)] = []
}

/// Where a face's files lie below its set's folder.
struct CropPlace: Sendable, FetchableRecord {
    let id: Int64
    let cropFile: String?
    let maskFile: String?

    init(row: Row) throws {
        let values = CheckedRow(row)
        (id, cropFile, maskFile) = (
            try values["id"], try values.path("cropFile"), try values.path("maskFile")
        )
    }
}

extension ExtractionSettings {
    /// Whether crops made with these settings can stand among those made with the others.
    package func cutsLike(_ other: ExtractionSettings) -> Bool {
        crop == other.crop && cropMargin == other.cropMargin && cropSize == other.cropSize
            && cropFormat == other.cropFormat
    }
}
