import Foundation
import Safetensors
import Tensors
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
    private func scratch() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dimorph-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func sample(in folder: URL) throws -> URL {
        let url = folder.appending(path: "sample.safetensors")
        try SafetensorsWriter.write(
            [
                "a": StoredTensor([1, 2, 3, 4, 5, 6] as [Float], type: .f32, shape: [2, 3]),
                "bytes": StoredTensor([7, 8, 9] as [UInt8], type: .u8, shape: [3]),
                "empty": StoredTensor([] as [Float], type: .f32, shape: [0, 4]),
            ], metadata: ["note": "äöü \"quoted\""], to: url)
        return url
    }

    @Test("give back what was written")
    func roundTrip() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try SafetensorsFile(mapping: try sample(in: folder))
        #expect(file.names == ["a", "bytes", "empty"])
        #expect(file.metadata == ["note": "äöü \"quoted\""])
        #expect(try file.values("a", as: Float.self) == [1, 2, 3, 4, 5, 6])
        let tensor = try Tensor("a", in: file)
        #expect(tensor.shape == [2, 3])
        #expect(try Tensor("a", rows: 1..<2, in: file).values() == [4, 5, 6] as [Float])
        #expect(try tensor.stored().bytes == Array(file.bytes(of: file.entry("a"))))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == ["sample.safetensors"])
    }

    @Test("cut at any length are refused, never read wrongly")
    func cut() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Data(contentsOf: try sample(in: folder))
        let url = folder.appending(path: "cut.safetensors")
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: url)
            #expect(throws: SafetensorsError.self) { try SafetensorsFile(mapping: url) }
        }
    }

    @Test("with damaged headers are refused or read within their bounds")
    func damaged() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Data(contentsOf: try sample(in: folder))
        let url = folder.appending(path: "damaged.safetensors")
        var numbers = RandomNumbers(seed: 3, stream: 0)
        var refused = 0
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<2 {
                bytes[numbers.integer(below: bytes.count)] = UInt8(truncatingIfNeeded: numbers.bits())
            }
            try bytes.write(to: url)
            do {
                let file = try SafetensorsFile(mapping: url)
                for name in file.names { _ = Array(file.bytes(of: try file.entry(name))) }
            } catch is SafetensorsError {
                refused += 1
            }
        }
        #expect(refused > 150)
    }

    @Test("keep the old file when a writer fails half-way")
    func atomic() throws {
        struct Stop: Error {}
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = try sample(in: folder)
        let before = try Data(contentsOf: url)
        #expect(throws: Stop.self) {
            try SafetensorsWriter.write(
                [.init(name: "x", type: .u8, shape: [2]) { _ in throw Stop() }], metadata: [:], to: url)
        }
        #expect(try Data(contentsOf: url) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["sample.safetensors"])
    }

    @Test("in a folder that does not exist are an error that names the file")
    func unwritable() throws {
        let error = #expect(throws: SafetensorsError.self) {
            try SafetensorsWriter.write(
                [:] as [String: StoredTensor], metadata: [:], to: URL(filePath: "/no/such/x.st"))
        }
        #expect(error?.message.contains("/no/such/x.st") == true)
    }

    @Test("of tensors are written piece by piece in row-major order, whatever the layout in memory")
    func pieces() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "tensors.safetensors")
        // Five megabytes in rows of 800 kB, a single number, and nothing.
        let values = (0..<7 * 100 * 2000).map { Float($0) }
        let large = try Tensor(values, shape: [7, 100, 50, 40]).channelsLast()
        try SafetensorsWriter.write(
            [
                "large": large, "one": Tensor([2.5] as [Double], shape: []),
                "none": large.slice(0..<0, axis: 0),
            ],
            metadata: [:], to: url)
        let file = try SafetensorsFile(mapping: url)
        #expect(try file.values("large", as: Float.self) == values)
        #expect(try file.values("one", as: Double.self) == [2.5])
        #expect(try file.entry("none").shape == [0, 100, 50, 40])
    }
}
