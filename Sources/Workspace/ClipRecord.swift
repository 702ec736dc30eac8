import GRDB

/// A video, or a folder of pictures, that faces came from.
package struct ClipRecord: Sendable, Codable, Equatable, FetchableRecord, MutablePersistableRecord {
    package static let databaseTableName = "clip"

    package var id: Int64?
    /// Absolute path when last read.
    package var path: String
    /// Size and hash of the file, which identify it after it was moved.
    package var fingerprint: Fingerprint
    /// Upright size in pixels.
    package var width: Int
    package var height: Int
    /// Frames per second; 0 for a folder of pictures.
    package var frameRate: Double
    /// Total number of frames; `nil` until the clip was read to its end.
    package var frameCount: Int?

    package init(
        id: Int64? = nil, path: String, fingerprint: Fingerprint, width: Int, height: Int, frameRate: Double,
        frameCount: Int? = nil
    ) {
        self.id = id
        self.path = path
        self.fingerprint = fingerprint
        self.width = width
        self.height = height
        self.frameRate = frameRate
        self.frameCount = frameCount
    }

    package init(row: Row) throws {
        self = try FetchableRecordDecoder().decode(ClipRecord.self, from: row)
        guard isSound else {
            throw WorkspaceError(
                .damaged,
                "the index (dimorph.sqlite) contains a damaged clip (\(name.prefix(80))); restore it from a copy, or delete it and "
                    + "extract the sets again")
        }
    }

    private var isSound: Bool {
        (0...1 << 20).contains(width) && (0...1 << 20).contains(height) && (0...1e6).contains(frameRate)
            && CheckedRow.counters.contains(frameCount ?? 0) && fingerprint.size >= 0
            && !path.utf8.contains(0)
    }

    package mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    /// File name without folder.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}
