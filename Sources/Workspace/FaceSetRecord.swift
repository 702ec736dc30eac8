import Faces
import Foundation
import GRDB

/// A set of one person's faces.
package struct FaceSetRecord: Sendable, Equatable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "faceSet"

    package var name: String
    /// Whose faces these are, once chosen: 128 values. Biometric data; it stays here.
    package var identity: Embedding?
    /// The settings that the set was extracted with.
    package var settings: ExtractionSettings
    /// Those of them that the command line named, and which stay until it names others.
    package var options = ExtractionOptions()
    /// Whether its packed copy holds all its faces.
    package var isPacked: Bool
    /// The set of everybody's faces that this person's were taken out of (`extract --everyone`); nil for a set that was
    /// extracted by itself.
    package var footage: String?
    /// What a person calls the identity, such as "the man with the hat".
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
    /// A set that an earlier Dimorph entered has the defaults of settings that it did not know.
    package init(row: Row) throws {
        var columns = Dictionary(row.map { ($0, $1) }) { first, _ in first }
        if let text = String.fromDatabaseValue(columns["settings"] ?? .null) {
            columns["settings"] = try Setting.completed(text, from: ExtractionSettings()).databaseValue
        }
        self = try FetchableRecordDecoder().decode(FaceSetRecord.self, from: Row(columns))
    }
}

/// How far a clip has been taken into a set.
package struct ExtractionState: Sendable, Equatable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "extraction"

    package var setName: String
    package var clip: Int64
    /// Frames before this one are in the index, faces and all.
    package var nextFrame = 0
    /// The clip's end was seen: every face of it is in the index.
    package var isAnalysed = false
    /// Crops of the faces in frames before this one are on the disk.
    package var nextCrop = 0
    package var isCropped = false
    package var framesWithoutFace = 0
    package var unreadableFrames = 0
    /// Which these are; of very many the first thousand.
    package var unreadable: [UnreadableFrame] = []

    package init(row: Row) throws {
        self = try FetchableRecordDecoder().decode(ExtractionState.self, from: row)
        let numbers = [nextFrame, nextCrop, framesWithoutFace, unreadableFrames]
        guard numbers.allSatisfy(CheckedRow.counters.contains) else {
            throw WorkspaceError(
                .damaged,
                "the index (dimorph.sqlite) holds impossible numbers of how far '\(setName.prefix(80))' has come; restore it "
                    + "from a copy, or delete it and extract the sets anew")
        }
    }

    package init(setName: String, clip: Int64) {
        self.setName = setName
        self.clip = clip
    }

    /// Counts and names further frames that could not be read.
    package mutating func note(_ frames: [UnreadableFrame]) {
        unreadableFrames += frames.count
        unreadable += frames.prefix(max(0, Self.namedAtMost - unreadable.count))
    }

    private static let namedAtMost = 1000
}
