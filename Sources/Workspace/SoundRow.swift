import Faces
import Foundation
import GRDB

/// A row of the table of faces, read with suspicion: whatever a damaged file holds is an error, never a trap.
struct SoundRow {
    private let row: Row

    init(_ row: Row) { self.row = row }

    /// What is thrown for a value that cannot be.
    var damaged: WorkspaceError {
        func number(_ column: String) -> String { (row[column] as DatabaseValue?)?.description ?? "?" }
        return WorkspaceError(
            .damaged,
            "the index (dimorph.sqlite) holds a damaged face (clip \(number("clip")), frame \(number("frame"))); "
                + "restore it from a copy, or delete it and extract the sets anew")
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

    /// A blob of 32-bit floats, all of them numbers.
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

    private func orDamaged<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch is RowDecodingError { throw damaged }
    }
}

/// Numbers as bytes: 32-bit floats, little-endian.
enum Packed {
    static func data(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }

    static func floats(_ data: Data, orThrow error: @autoclosure () -> some Error) throws -> [Float] {
        guard data.count % 4 == 0 else { throw error() }
        return [Float](unsafeUninitializedCapacity: data.count / 4) { buffer, count in
            count = data.copyBytes(to: buffer) / 4
        }
    }
}
