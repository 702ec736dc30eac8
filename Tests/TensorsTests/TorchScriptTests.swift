import Files
import Foundation
import Tensors
import Testing

@Suite("TorchScript")
struct TorchScriptTests {
    private func random(_ shape: [Int], _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 6, name: name)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in Float(numbers.normal()) }, shape: shape)
    }

    private func scratch() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pt")
    }

    @Test("gives the traced function's results for other inputs and batch sizes")
    func agrees() throws {
        let url = scratch()
        defer { try? FileManager.default.removeItem(at: url) }
        let (weight, bias) = (try random([4, 3, 3, 3], "weight"), try random([2, 64], "dense"))
        func body(_ inputs: [Tensor]) throws -> [Tensor] {
            let features = try silu(conv2d(inputs[0], weight: weight, bias: nil, padding: 1))
            let code = try linear(features.flattened(), weight: bias, bias: nil) + inputs[1]
            return [features, code]
        }
        let before = try Engine.liveTensors()
        try TorchScript.write(
            [("faces", random([2, 3, 4, 4], "x")), ("measures", random([2, 2], "m"))], to: url, tracing: body)
        #expect(try Engine.liveTensors() == before)
        let others = [try random([5, 3, 4, 4], "others"), try random([5, 2], "their measures")]
        let wanted = try body(others)
        let given = try TorchScript.run(url, others, device: .cpu)
        #expect(given.map(\.shape) == [[5, 4, 4, 4], [5, 2]])
        for (given, wanted) in zip(given, wanted) {
            let pairs = try zip(given.values(as: Float.self), wanted.values(as: Float.self))
            #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test("leaves no file if the function fails or the file cannot be written")
    func failures() throws {
        let url = scratch()
        let x = try random([2, 3], "x")
        let thrown = #expect(throws: TensorError.self) {
            try TorchScript.write([("x", x)], to: url) { _ in
                throw TensorError(.mismatch, "nothing to draw")
            }
        }
        #expect(thrown?.message.contains("nothing to draw") == true)
        // Tracing has ended: later operations are not recorded.
        try TorchScript.write([("x", x)], to: url) { [try $0[0] * 2] }
        #expect(try TorchScript.run(url, [x], device: .cpu)[0].values() == (x * 2).values(as: Float.self))
        try FileManager.default.removeItem(at: url)
        #expect(throws: FileError.self) {
            try TorchScript.write([("x", x)], to: URL(filePath: "/no/such/x.pt")) { $0 }
        }
        try Data("no module".utf8).write(to: url)
        #expect(throws: TensorError.self) { try TorchScript.run(url, [x], device: .cpu) }
        try FileManager.default.removeItem(at: url)
    }
}
