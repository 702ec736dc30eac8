import Files
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

    @Test("round-trip")
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

    @Test("truncated at any length are rejected")
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

    /// A file with the given header followed by `payload` bytes.
    private func file(_ header: String, payload: Int, in folder: URL) throws -> URL {
        let url = folder.appending(path: "own.safetensors")
        var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        data += Data(header.utf8) + Data(count: payload)
        try data.write(to: url)
        return url
    }

    @Test(
        "with arrays that overlap, leave gaps or have impossible shapes are rejected",
        arguments: [
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
                16
            ),
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
                16
            ),
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}"#,
                20
            ),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12),
            (
                #"{"a":{"dtype":"U8","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}"#,
                0
            ),
            (#"{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, 1),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}"#, 1),
            (
                #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775807,-9223372036854775808]}}"#,
                1
            ),
            (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[]}}"#, 1),
            (#"{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}"#, 8),
            (#"{"a":1e999}"#, 0), (String(repeating: "[", count: 100_000), 0),
            (String(repeating: #"{"a":"#, count: 100_000), 0),
        ])
    func layouts(header: String, payload: Int) throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = try file(header, payload: payload, in: folder)
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(mapping: url) }
        #expect(error?.message.contains("own.safetensors") == true && error?.isBadInput == true)
    }

    @Test("non-finite values are found in every type, at any offset of the array")
    func numbers() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        func isSound(_ tensor: StoredTensor, upTo limit: Double?, after bytes: Int) throws -> Bool {
            let url = folder.appending(path: "numbers.safetensors")
            let filler = StoredTensor([UInt8](repeating: 1, count: bytes), type: .u8, shape: [bytes])
            try SafetensorsWriter.write(["a": filler, "b": tensor], metadata: [:], to: url)
            let file = try SafetensorsFile(mapping: url)
            try file.requireNumbers("a", upTo: limit)
            do { try file.requireNumbers("b", upTo: limit) } catch is SafetensorsError { return false }
            return true
        }
        for bytes in [0, 1, 4] {
            for value in [Float.nan, -.nan, .infinity, -.infinity, .signalingNaN] {
                for place in [0, 3] {
                    var values = [Float](repeating: -2.5, count: 4)
                    values[place] = value
                    #expect(
                        try !isSound(StoredTensor(values, type: .f32, shape: [4]), upTo: nil, after: bytes))
                    let doubles = values.map(Double.init)
                    #expect(
                        try !isSound(StoredTensor(doubles, type: .f64, shape: [4]), upTo: nil, after: bytes))
                    let halves = values.map { UInt16($0.bitPattern >> 16) }
                    #expect(
                        try !isSound(StoredTensor(halves, type: .bf16, shape: [4]), upTo: nil, after: bytes))
                }
            }
            let values: [Float] = [-7, 7, 0, .leastNonzeroMagnitude]
            #expect(try isSound(StoredTensor(values, type: .f32, shape: [4]), upTo: 7, after: bytes))
            #expect(try !isSound(StoredTensor(values, type: .f32, shape: [4]), upTo: 6.9, after: bytes))
            #expect(
                try isSound(
                    StoredTensor(values.map(Double.init), type: .f64, shape: [4]), upTo: 7, after: bytes))
            #expect(
                try !isSound(
                    StoredTensor(values.map(Double.init), type: .f64, shape: [4]), upTo: 6, after: bytes))
            #expect(
                try isSound(
                    StoredTensor([0x7BFF, 0xFBFF] as [UInt16], type: .f16, shape: [2]), upTo: nil,
                    after: bytes))
            #expect(
                try !isSound(
                    StoredTensor([0, 0xFC00] as [UInt16], type: .f16, shape: [2]), upTo: nil, after: bytes))
        }
    }

    @Test("with damaged headers are rejected or read within their bounds")
    func damaged() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Data(contentsOf: try sample(in: folder))
        let url = folder.appending(path: "damaged.safetensors")
        var numbers = RandomNumbers(seed: 3, stream: 0)
        var (refused, sum) = (0, 0)
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<2 {
                bytes[numbers.integer(below: bytes.count)] = UInt8(truncatingIfNeeded: numbers.bits())
            }
            try bytes.write(to: url)
            do {
                let file = try SafetensorsFile(mapping: url)
                // Summed and not copied: Swift 6.3 frees an unused copy before it has written it.
                for name in file.names {
                    sum += try file.bytes(of: file.entry(name)).reduce(0) { $0 + Int($1) }
                }
            } catch is SafetensorsError {
                refused += 1
            }
        }
        #expect(refused > 150 && sum > 0)
    }

    @Test("are unchanged if a writer fails half-way")
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

    @Test("in a folder that does not exist cause an error that names the file")
    func unwritable() throws {
        let error = #expect(throws: FileError.self) {
            try SafetensorsWriter.write(
                [:] as [String: StoredTensor], metadata: [:], to: URL(filePath: "/no/such/x.st"))
        }
        #expect(error?.message.contains("/no/such/x.st") == true)
    }

    @Test("of tensors are written in chunks in row-major order, whatever the memory layout")
    func pieces() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "tensors.safetensors")
        // Five megabytes in rows of 800 kB, a scalar, and an empty array.
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
