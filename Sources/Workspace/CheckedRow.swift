import Faces
import Foundation
import GRDB

/// A row of the face table with checked access: damaged values cause errors, never traps.
struct CheckedRow {
    private let row: Row

    init(_ row: Row) { self.row = row }

    /// The error for an invalid value.
    var damaged: WorkspaceError {
        func number(_ column: String) -> String { (row[column] as DatabaseValue?)?.description ?? "?" }
        return WorkspaceError(
            .damaged,
            "the index (dimorph.sqlite) contains a damaged face (clip \(number("clip")), frame \(number("frame"))); "
                + "restore it from a copy, or delete it and extract the sets again")
    }

    subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(column: String) -> Value {
        get throws { try orDamaged { try row.decode(Value.self, forColumn: column) } }
    }

    func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws
        -> Value?
    {
        try orDamaged { try row.decode(Value?.self, forColumn: column) }
    }

    func has(_ column: String) throws -> Bool {
        try orDamaged { try row.decode(Double?.self, forColumn: column) } != nil
    }

    /// A blob of finite 32-bit floats.
    func floats(_ column: String, count: Int) throws -> [Float] {
        let data: Data = try self[column]
        let values = try Packed.floats(data, orThrow: damaged)
        guard values.count == count, values.allSatisfy(\.isFinite) else { throw damaged }
        return values
    }

    var embedding: Embedding? {
        get throws {
            guard let data: Data = try optional("embedding") else { return nil }
            let values = try Packed.floats(data, orThrow: damaged)
            guard values.allSatisfy(\.isFinite) else { throw damaged }
            return Embedding(values: values)
        }
    }

    /// The four columns of a transform.
    func alignment(_ prefix: String) throws -> FaceAlignment {
        FaceAlignment(
            toUnit: SimilarityTransform(
                a: try self["\(prefix)A"], b: try self["\(prefix)B"], tx: try self["\(prefix)X"],
                ty: try self["\(prefix)Y"]))
    }

    /// Valid range of frame and track numbers and counts.
    static let counters = 0...Int(Int32.max)

    /// A frame or track number.
    func counter(_ column: String) throws -> Int {
        let value: Int = try self[column]
        guard Self.counters.contains(value) else { throw damaged }
        return value
    }

    /// A finite number.
    func number(_ column: String) throws -> Double {
        let value: Double = try self[column]
        guard value.isFinite else { throw damaged }
        return value
    }

    /// A path relative to the set's folder; `nil` if there is none. Symbolic links are checked when the file is used
    /// (`Workspace.file`).
    func path(_ column: String) throws -> String? {
        guard let path: String = try optional(column) else { return nil }
        guard Workspace.isBelow(path) else { throw damaged }
        return path
    }

    private func orDamaged<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch is RowDecodingError { throw damaged }
    }
}

/// Conversion of numbers to bytes: 32-bit floats, little-endian.
enum Packed {
    static func data(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }

    static func floats(_ data: Data, orThrow error: @autoclosure () -> some Error) throws -> [Float] {
        guard data.count % 4 == 0 else { throw error() }
        return [Float](unsafeUninitializedCapacity: data.count / 4) { buffer, count in
            count = data.copyBytes(to: buffer) / 4
        }
    }
}
