import CSQLite
import Files
import Foundation
import GRDB

/// The database of the workspace: clips, face sets, faces, extraction progress and training history.
///
/// Every change is a transaction: a killed process leaves a consistent state.
package struct Index: Sendable {
    let database: DatabaseQueue
    private let file: URL

    /// Opens or creates the database and migrates its tables to this version.
    package init(at file: URL) throws {
        self.file = file
        database = try Self.explaining(file) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { dimorph_sqlite_defend($0.sqliteConnection, Self.longestValue) }
            let database = try DatabaseQueue(path: file.path, configuration: configuration)
            try database.read(Self.requirePlainSchema)
            let migrator = Self.migrator
            if try database.read(migrator.hasBeenSuperseded) {
                throw WorkspaceError(
                    .tooNew,
                    "\(file.path) was written by a later Dimorph; update Dimorph, or use another --workspace")
            }
            try migrator.migrate(database)
            return database
        }
    }

    /// Maximum length of a value in bytes.
    private static let longestValue: Int32 = 16 << 20

    /// Throws if there are triggers, views or virtual tables: Dimorph creates none, and they would run with its statements.
    private static func requirePlainSchema(_ database: Database) throws {
        let other = try String.fetchOne(
            database,
            sql: """
                SELECT coalesce(name, '?') FROM sqlite_master
                WHERE type NOT IN ('table', 'index') OR type IS NULL OR sql LIKE 'create%virtual%' LIMIT 1
                """)
        if let other { throw UnsupportedSchema(name: other) }
    }

    private struct UnsupportedSchema: Error, CustomStringConvertible {
        let name: String
        var description: String { "it contains '\(name.prefix(80))', which is not a table" }
    }

    /// Runs a transaction that may change the database.
    func write<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) throws -> Value {
        try explaining { try database.write(body) }
    }

    func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) throws -> Value {
        try explaining { try database.read(body) }
    }

    func explaining<Value>(_ body: () throws -> Value) throws -> Value {
        try Self.explaining(file, body)
    }

    /// Converts database errors to errors that name the file and the remedy.
    private static func explaining<Value>(_ file: URL, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatabaseError {
            throw failure(error, file)
        } catch let error as DecodingError {
            throw damaged(file, error)
        } catch let error as RowDecodingError {
            throw damaged(file, error)
        } catch let error as UnsupportedSchema {
            throw damaged(file, error)
        }
    }

    func damaged(_ cause: any Error) -> WorkspaceError { Self.damaged(file, cause) }

    private static func damaged(_ file: URL, _ cause: any Error) -> WorkspaceError {
        WorkspaceError(
            .damaged,
            "\(file.path) is damaged; restore it from a copy, or delete it and extract the sets again",
            cause: cause)
    }

    private static func failure(_ error: DatabaseError, _ file: URL) -> WorkspaceError {
        if error.resultCode == .SQLITE_NOMEM || error.extendedResultCode == .SQLITE_IOERR_NOMEM {
            return WorkspaceError(
                .unwritable, "\(file.path) cannot be read", cause: OutOfMemoryError("to read \(file.path)"))
        }
        let cause = DatabaseFailure(error)
        return switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            WorkspaceError(
                .locked, "another program has \(file.path) open; wait for it or stop it", cause: cause)
        case .SQLITE_IOERR:
            WorkspaceError(
                .unwritable, "\(file.path) cannot be read or written; check the disk", cause: cause)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH,
            .SQLITE_CONSTRAINT, .SQLITE_TOOBIG:
            // In addition to SQLite's corruption codes: missing tables, columns or rows.
            damaged(file, cause)
        case .SQLITE_FULL:
            WorkspaceError(
                .diskFull, "the disk of \(file.path) is full; free space and run again", cause: cause)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            WorkspaceError(
                .unwritable, "\(file.path) cannot be opened for writing; check its permissions", cause: cause)
        default:
            WorkspaceError(
                .unwritable, "\(file.path) refused a change; check the disk and run again", cause: cause)
        }
    }

    /// Tables by version. Published migrations are never changed; new ones are appended.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: clips, sets, faces") { database in
            try database.create(table: "clip") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("path", .text).notNull()
                table.column("fingerprint", .text).notNull().unique()
                table.column("width", .integer).notNull()
                table.column("height", .integer).notNull()
                table.column("frameRate", .double).notNull()
                table.column("frameCount", .integer)
            }
            try database.create(table: "faceSet") { table in
                table.primaryKey("name", .text)
                table.column("identity", .text)
                table.column("settings", .text).notNull()
                table.column("isPacked", .boolean).notNull()
            }
            try database.create(table: "extraction") { table in
                table.column("setName", .text).notNull().references("faceSet", onDelete: .cascade)
                table.column("clip", .integer).notNull().references("clip", onDelete: .cascade)
                table.column("nextFrame", .integer).notNull()
                table.column("isAnalysed", .boolean).notNull()
                table.column("nextCrop", .integer).notNull()
                table.column("isCropped", .boolean).notNull()
                table.column("framesWithoutFace", .integer).notNull()
                table.column("unreadableFrames", .integer).notNull()
                table.primaryKey(["setName", "clip"])
            }
            try createFaces(database)
        }
        migrator.registerMigration("2: quality, people, masks") { database in
            try database.alter(table: "face") { table in
                for name in FaceQuality.columns + [
                    "mouthOpening", "leftEyeOpening", "rightEyeOpening", "likeness",
                    "strangeness",
                ]
                where name != "sharpness" {
                    table.add(column: name, .double)
                }
                table.add(column: "hash", .blob)
                table.add(column: "remark", .text)
                table.add(column: "maskFile", .text)
            }
            try database.alter(table: "faceSet") { table in
                table.add(column: "footage", .text)
                table.add(column: "label", .text)
                table.add(column: "options", .text).notNull().defaults(to: "{}")
            }
            try database.alter(table: "extraction") { table in
                table.add(column: "unreadable", .text).notNull().defaults(to: "[]")
            }
            try enterNewSettings(database)
            try enterOpenings(database)
        }
        migrator.registerMigration("3: training history") { try createTraining($0) }
        return migrator
    }

    /// Adds the defaults of settings that sets of the first version lack.
    private static func enterNewSettings(_ database: Database) throws {
        let defaults = String(decoding: try JSONEncoder().encode(ExtractionSettings()), as: UTF8.self)
        try database.execute(
            sql: "UPDATE faceSet SET settings = json_patch(?, settings)", arguments: [defaults])
    }

    /// Computes the openings of faces stored before these columns existed.
    private static func enterOpenings(_ database: Database) throws {
        let update = try database.makeStatement(
            sql: "UPDATE face SET mouthOpening = ?, leftEyeOpening = ?, rightEyeOpening = ? WHERE id = ?")
        let faces = try FaceRecord.fetchCursor(database, sql: "SELECT * FROM face")
        while let face = try faces.next() {
            let openings = face.face.openings
            try update.execute(arguments: [openings.mouth, openings.leftEye, openings.rightEye, face.id])
        }
    }

    private static func createFaces(_ database: Database) throws {
        try database.create(table: "face") { table in
            table.autoIncrementedPrimaryKey("id")
            table.column("setName", .text).notNull().references("faceSet", onDelete: .cascade)
            table.column("clip", .integer).notNull().references("clip", onDelete: .cascade)
            table.column("frame", .integer).notNull()
            table.column("time", .double).notNull()
            table.column("track", .integer).notNull()
            for name in [
                "boxX", "boxY", "boxWidth", "boxHeight", "score", "presence", "yaw", "pitch", "roll",
                "alignA",
                "alignB", "alignX", "alignY",
            ] {
                table.column(name, .double).notNull()
            }
            for name in ["steadyA", "steadyB", "steadyX", "steadyY", "sharpness"] {
                table.column(name, .double)
            }
            table.column("landmarks", .blob).notNull()
            table.column("expression", .blob).notNull()
            table.column("embedding", .blob)
            table.column("cropFile", .text)
            table.column("rejection", .text)
            table.uniqueKey(["setName", "clip", "frame", "track"])
        }
    }
}

/// SQLite's reason for a failure, without the statement.
private struct DatabaseFailure: Error, CustomStringConvertible {
    let description: String

    init(_ error: DatabaseError) { description = error.message ?? "\(error.resultCode)" }
}
