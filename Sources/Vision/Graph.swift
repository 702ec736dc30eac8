import Foundation
import Safetensors
import Tensors

/// A pretrained network: a list of operations with their weights, from one safetensors file.
///
/// Images are `[N, C, H, W]`, with channels innermost in memory (channels last), which makes the face networks a third to a
/// half faster on the CPU. Not Sendable: it belongs to the thread that runs it.
package final class Graph {
    /// File name without extension.
    package let name: String
    package let device: Device
    private let steps: [(step: GraphStep, inputs: [Int], output: Int, done: [Int])]
    private let inputs: [Int]
    private let outputs: [String: Int]
    private let valueCount: Int

    /// Loads `<name>.safetensors` from a folder created by `Scripts/convert-weights.py`.
    ///
    /// - Throws: `VisionError` if the file is missing, truncated or invalid.
    package init(_ name: String, in folder: URL, device: Device) throws {
        self.name = name
        self.device = device
        let url = folder.appending(path: "\(name).safetensors")
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw VisionError(
                .weightsMissing,
                "The face network \(url.path) is missing; run Scripts/setup, which fetches it.")
        }
        do {
            let file = try SafetensorsFile(mapping: url)
            let listing = try JSONDecoder().decode(
                GraphListing.self, from: Data((file.metadata["graph"] ?? "").utf8))
            let program = try Program(listing, file: file, device: device)
            (steps, inputs) = (program.steps, program.inputs)
            (outputs, valueCount) = (program.outputs, program.slots.count)
        } catch let error as TensorError where error.code != .mismatch && error.code != .invalidOperation {
            throw error  // no engine or no memory: the file is not the cause
        } catch {
            throw VisionError(
                .weightsDamaged,
                "The face network \(url.path) cannot be used; delete it and run Scripts/setup to create it again.",
                cause: error)
        }
    }

    /// Runs the network without gradients.
    ///
    /// - Parameter input: the network's only input.
    /// - Returns: its outputs by name.
    package func callAsFunction(_ input: Tensor) throws -> [String: Tensor] {
        try withoutGradient { try recording(input) }
    }

    /// Runs the network with gradients to the input, if that requires them. The network's own weights are frozen.
    package func recording(_ input: Tensor) throws -> [String: Tensor] {
        var values = [Tensor?](repeating: nil, count: valueCount)
        values[inputs[0]] = input.shape.count == 4 ? try input.channelsLast() : input
        for (step, sources, output, done) in steps {
            let operands = try sources.map { source in
                guard let value = values[source] else { throw missing(source) }
                return value
            }
            values[output] = try step(operands)
            for slot in done { values[slot] = nil }
        }
        return try outputs.mapValues { slot in
            guard let value = values[slot] else { throw missing(slot) }
            return value
        }
    }

    /// Runs the network and copies one output to the host, in row-major order.
    package func values(of output: String, for input: Tensor) throws -> [Float] {
        guard let result = try self(input)[output] else {
            throw VisionError(.unexpectedResult, "The face network \(name) has no output '\(output)'.")
        }
        return try result.contiguous().values()
    }

    private func missing(_ slot: Int) -> VisionError {
        VisionError(.weightsDamaged, "The face network \(name) uses value \(slot) before it is computed.")
    }
}

/// A listing with resolved names: values are slots, arrays are tensors.
private struct Program {
    var steps: [(step: GraphStep, inputs: [Int], output: Int, done: [Int])] = []
    var slots: [String: Int] = [:]
    var inputs: [Int] = []
    var outputs: [String: Int] = [:]

    init(_ listing: GraphListing, file: SafetensorsFile, device: Device) throws {
        guard listing.inputs.count == 1 else { throw Self.damaged("has \(listing.inputs.count) inputs") }
        inputs = listing.inputs.map { slot($0) }
        for operation in listing.operations {
            let step = try GraphStep(operation) { name in
                let array = try Tensor(name, in: file, device: device)
                return array.shape.count == 4 ? try array.channelsLast() : array
            }
            guard let step else {
                throw Self.damaged("has an operation '\(operation.op)' that is invalid")
            }
            guard operation.inputs.count == step.arity, operation.inputs.allSatisfy({ slots[$0] != nil })
            else {
                throw Self.damaged("has an operation '\(operation.op)' with missing inputs")
            }
            steps.append((step, operation.inputs.map { slot($0) }, slot(operation.out), []))
        }
        for (name, value) in listing.outputs {
            guard let slot = slots[value] else { throw Self.damaged("does not compute its output '\(name)'") }
            outputs[name] = slot
        }
        releaseEarly()
    }

    /// Computes the last step that uses each value, after which it is released.
    private mutating func releaseEarly() {
        var last: [Int: Int] = [:]
        for (index, step) in steps.enumerated() {
            for slot in step.inputs { last[slot] = index }
        }
        for (slot, index) in last where !outputs.values.contains(slot) { steps[index].done.append(slot) }
    }

    private mutating func slot(_ name: String) -> Int {
        if let slot = slots[name] { return slot }
        let slot = slots.count
        slots[name] = slot
        return slot
    }

    private static func damaged(_ what: String) -> VisionError {
        VisionError(.weightsDamaged, "the list of operations \(what)")
    }
}
