import NeuralNetworks
import Tensors

/// Cost of a network, determined by building and running it with meta tensors, which uses no memory and
/// hardly any time.
package struct NetworkSize: Sendable, Codable, Equatable {
    /// Output side, in pixels.
    package let resolution: Int
    package let people: Int
    package let parameters: Int
    /// Multiply-adds of a swap of one face: encoder and one decoder.
    package let multiplications: Int
    /// Number of elements in the inputs and outputs of layers with weights when one face of each person is
    /// reconstructed, as in training.
    package let activations: Int

    package init(of design: NetworkDesign, people: Int = 2) throws {
        let names = (0..<people).map { "\($0)" }
        let form = design.form(people: names)
        (resolution, self.people) = (form.outputSide, people)
        let measures = design.measures

        func run(_ rows: PeopleRows, count: Int, draw: (any SwapNetwork, LatentCode) throws -> Void) throws
            -> ParameterStore
        {
            let store = ParameterStore.meta()
            let network = try design.network(Scope(store), people: names)
            let side = form.inputSide
            let faces = try Tensor(repeating: 0, shape: [count, 3, side, side], device: .meta)
            let measured =
                form.takesMeasures
                ? try Tensor(repeating: 0, shape: [count, measures], device: .meta) : nil
            try draw(network, LatentCode(learned: network.encode(faces, rows: rows), measured: measured))
            return store
        }
        // Decodes the target's face as the source.
        let swap = try run(PeopleRows(of: people - 1, among: people, count: 1), count: 1) {
            _ = try $0.draw($1, as: 0, morph: 0.5)
        }
        let rows = PeopleRows(people: people, each: 1)
        let training = try run(rows, count: people) { network, code in
            var numbers = RandomNumbers(seed: 0, stream: 0)
            let all = [[Int]](repeating: [0], count: people)
            _ = try network.drawEach(code, rows: rows, refining: all, numbers: &numbers)
        }
        parameters = swap.count
        multiplications = swap.tally?.multiplications ?? 0
        activations = training.tally?.activations ?? 0
    }
}

/// Estimated peak memory of a training, in bytes.
package struct TrainingMemory: Sendable, Codable, Equatable {
    package let weights: Int
    package let gradients: Int
    /// The optimizer's two moments of each parameter.
    package let optimizer: Int
    /// The averaged parameters, which swapping uses.
    package let average: Int
    /// Activations stored for the backward pass.
    package let activations: Int
    /// Program and LibTorch, without a network.
    package let program: Int

    /// - Parameters:
    ///   - batch: number of faces per person in a step.
    ///   - averaged: whether averaging is on.
    package init(_ size: NetworkSize, batch: Int, averaged: Bool = true) {
        let all = size.parameters * 4
        (weights, gradients, optimizer) = (all, all, 2 * all)
        average = averaged ? all : 0
        activations = size.activations * batch * 4
        program = Self.program
    }

    /// Measured on Linux: the peak memory of trainings of `original` (1.95 GB) and `dimorph-s` (1.07 GB),
    /// minus the other parts and their faces (0.07 and 0.18 GB), is 0.4 and 0.5 GB.
    static let program = 400_000_000

    package var total: Int { weights + gradients + optimizer + average + activations + program }
}

extension NetworkDesign {
    /// Length of the learned latent; `nil` if there is no measured part.
    var learnedCode: Int? {
        guard case .hybrid(let settings) = self else { return nil }
        return settings.learnedCode
    }

    /// Length of the measured part of the code.
    var measures: Int {
        guard case .hybrid(let settings) = self else { return 0 }
        return ((settings.upperMeasures + settings.lowerMeasures).max() ?? -1) + 1
    }
}
