import Files
import Foundation
import GRDB

/// A move of a face from one set to another.
package struct FaceMove: Sendable, Equatable {
    package let face: Int64
    package let from: String
    package let to: String
    /// Reason for exclusion in the target set; `nil`: included.
    package var rejection: FaceRecord.Rejection?
    /// Remark on the rejection.
    package var remark: String?
    /// Track number in the target set; `nil`: unchanged.
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

/// Moves faces between sets: index rows, crops and masks.
///
/// First hard links are created at the new paths, then the index is changed in one transaction, then the old paths are
/// removed. If the process is killed, the index is in the old or the new state, and all its files exist.
package struct FaceTransfer {
    private let workspace: Workspace
    private let files = FileManager.default

    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// - Parameters:
    ///   - sets: new and changed set records to save in the same transaction. All sets that faces are moved from or to are
    ///     marked as not packed.
    ///   - removing: sets to remove; they must have no faces left.
    ///   - footage: footage group whose faces are assigned to people by this transfer.
    /// - Throws: `WorkspaceError`; the index is unchanged then.
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

    /// Links the files of a moved face.
    private func prepare(_ plan: inout PlannedMove, _ place: CropPlace?, movesCrop: Bool) throws {
        guard plan.move.from != plan.move.to else {
            (plan.cropFile, plan.maskFile) = (place?.cropFile, place?.maskFile)
            return
        }
        if movesCrop, let crop = place?.cropFile {
            plan.cropFile = try link(crop, &plan)
            if plan.cropFile == nil, plan.move.rejection == nil {
                // The file is looked up at its current path.
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
                + "nothing was changed. Restore it, or remove the masks with `dimorph faces masks clear \(set)`"
        )
    }

    /// Links a file into the target set. Returns `nil` if the file is missing.
    private func link(_ path: String, _ plan: inout PlannedMove) throws -> String? {
        let old = try workspace.file(path, ofSet: plan.move.from)
        guard files.fileExists(atPath: old.path) else { return nil }
        var name = path
        var new = try workspace.file(name, ofSet: plan.move.to)
        if files.fileExists(atPath: new.path) {
            // A remnant of a killed transfer, or another face of the frame: the face's number makes the name unique.
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

/// A move whose files are linked.
struct PlannedMove {
    var move: FaceMove
    var cropFile: String?
    var maskFile: String?
    var files: [(old: URL, new: URL)] = []
}

/// Paths of a face's files relative to its set's folder.
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
    /// Whether crops with these settings are compatible with those of other settings.
    package func cutsLike(_ other: ExtractionSettings) -> Bool {
        crop == other.crop && cropMargin == other.cropMargin && cropSize == other.cropSize
            && cropFormat == other.cropFormat
    }
}
