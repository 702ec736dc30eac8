import Foundation
import Tensors
import Testing

@Suite("Tensors", .serialized)
struct TensorTests {
    @Test("return the values they are made of")
    func values() throws {
        let tensor = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        #expect(tensor.shape == [2, 3])
        #expect(tensor.elementType == .float32)
        #expect(try tensor.permuted(1, 0).values() == [1, 4, 2, 5, 3, 6] as [Float])
        #expect(try tensor.slice(1..<3, axis: 1).values() == [2, 3, 5, 6] as [Float])
        #expect(try tensor.to(.uint8).values(as: UInt8.self) == [1, 2, 3, 4, 5, 6])
    }

    @Test("throw an error for mismatched shapes and types instead of crashing")
    func refusals() throws {
        let a = try Tensor(repeating: 1, shape: [2, 3])
        let b = try Tensor(repeating: 1, shape: [4, 5])
        #expect(throws: TensorError.self) { try a + b }
        #expect(throws: TensorError.self) { try a.reshaped(7) }
        #expect(throws: TensorError.self) { try a.values(as: Double.self) }
        #expect(throws: TensorError.self) { try a.assign(b) }
        #expect(throws: TensorError.self) { try Tensor([1, 2] as [Float], shape: [3]) }
        let error = #expect(throws: TensorError.self) { try Tensor(repeating: 0, shape: [1 << 40]) }
        #expect(error?.code == .outOfMemory)
    }

    @Test("use the given number of threads, and restore the number afterwards")
    func threads() throws {
        let before = try Engine.threads()
        #expect(try Engine.withThreads(before + 2) { try Engine.threads() } == before + 2)
        #expect(try Engine.withThreads(0) { try Engine.threads() } == before)
        #expect(throws: CancellationError.self) {
            try Engine.withThreads(before + 1) { throw CancellationError() }
        }
        #expect(try Engine.threads() == before)
    }

    @Test("devices by name, and the error for one that is not available")
    func devices() throws {
        #expect(try Device.named("cpu") == .cpu)
        #expect(throws: TensorError.self) { try Device.named("cuda:99") }
        #expect(throws: TensorError.self) { try Device.named("abacus") }
    }

    @Test("are released: no handle leaks")
    func leaks() throws {
        let before = try Engine.liveTensors()
        for _ in 0..<50 {
            let x = try Tensor(repeating: 2, shape: [3, 3])
            try x.requireGradient()
            let loss = try (matmul(x, x) + x).squared().mean()
            try loss.backward()
            #expect(try x.gradient() != nil)
            _ = try? x.reshaped(5)
        }
        #expect(try Engine.liveTensors() == before)
    }

    @Test("record no gradient inside withoutGradient, and record again after it, even after an error")
    func gradientMode() throws {
        struct Stop: Error {}
        let x = try Tensor(repeating: 2, shape: [1])
        try x.requireGradient()
        #expect(throws: Stop.self) { try withoutGradient { throw Stop() } }
        let quiet = try withoutGradient { try x * 3 }
        #expect(throws: TensorError.self) { try quiet.backward() }
        try (x * 3).backward()
        #expect(try x.gradient()?.values() == [3] as [Float])
    }
}
