import Faces
import Foundation
import GRDB

/// A set of one person's faces.
package struct FaceSetRecord: Sendable, Equatable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "faceSet"

    package var name: String
    /// Identity embedding of the person, once chosen: 128 values. Biometric data, kept in the workspace.
    package var identity: Embedding?
    /// The settings of the extraction.
    package var settings: ExtractionSettings
    /// The settings given as options, which remain in effect until other ones are given.
    package var options = ExtractionOptions()
    /// Whether the packed copy is up to date.
    package var isPacked: Bool
    /// The footage group that this person belongs to (`extract --everyone`); `nil` for a set of a separate extraction.
    package var footage: String?
    /// User-defined name of the identity, such as "the man with the hat".
    package var label: String?

    package init(
        name: String, identity: Embedding? = nil, settings: ExtractionSettings, isPacked: Bool = false,
        footage: String? = nil
    ) {
        self.footage = footage
        self.name = name
        self.identity = identity
        self.settings = settings
        self.isPacked = isPacked
    }
}

extension FaceSetRecord {
    /// Sets written by an earlier version get the defaults of newer settings.
    package init(row: Row) throws {
        var columns = Dictionary(row.map { ($0, $1) }) { first, _ in first }
        if let text = String.fromDatabaseValue(columns["settings"] ?? .null) {
            columns["settings"] = try Setting.completed(text, from: ExtractionSettings()).databaseValue
        }
        self = try FetchableRecordDecoder().decode(FaceSetRecord.self, from: Row(columns))
    }
}

/// Extraction progress of a clip in a set.
package struct ExtractionState: Sendable, Equatable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "extraction"

    package var setName: String
    package var clip: Int64
    /// Frames before this one were analysed and are in the index.
    package var nextFrame = 0
    /// Whether the clip was analysed completely.
    package var isAnalysed = false
    /// Crops of all faces before this frame were written.
    package var nextCrop = 0
    package var isCropped = false
    package var framesWithoutFace = 0
    package var unreadableFrames = 0
    /// The unreadable frames, at most the first thousand.
    package var unreadable: [UnreadableFrame] = []

    package init(row: Row) throws {
        self = try FetchableRecordDecoder().decode(ExtractionState.self, from: row)
        let numbers = [nextFrame, nextCrop, framesWithoutFace, unreadableFrames]
        guard numbers.allSatisfy(CheckedRow.counters.contains) else {
            throw WorkspaceError(
                .damaged,
                "the index (dimorph.sqlite) contains an invalid progress of '\(setName.prefix(80))'; restore it "
                    + "from a copy, or delete it and extract the sets again")
        }
    }

    package init(setName: String, clip: Int64) {
        self.setName = setName
        self.clip = clip
    }

    /// Adds unreadable frames.
    package mutating func note(_ frames: [UnreadableFrame]) {
        unreadableFrames += frames.count
        unreadable += frames.prefix(max(0, Self.namedAtMost - unreadable.count))
    }

    private static let namedAtMost = 1000
}
