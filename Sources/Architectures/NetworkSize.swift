import NeuralNetworks
import Tensors

/// The cost of a network, counted by building and running it on the meta device, without memory and time.
package struct NetworkSize: Sendable, Codable, Equatable {
    /// Side of the faces that come out, in pixels.
    package let resolution: Int
    package let people: Int
    package let parameters: Int
    /// Products of an activation and a weight to turn one face into another person's: encoder and one decoder.
    package let multiplications: Int
    /// Numbers that go into and come out of the layers with weights when one face of each person is drawn as that
    /// person, as training does.
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
        // The target's face as the source.
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

/// The memory that a training takes on the way, estimated; in bytes.
package struct TrainingMemory: Sendable, Codable, Equatable {
    package let weights: Int
    package let gradients: Int
    /// The optimizer's two moments of each parameter.
    package let optimizer: Int
    /// The average of the parameters that swaps are drawn with.
    package let average: Int
    /// What a step keeps of every layer for the way back.
    package let activations: Int
    /// Program and LibTorch, before there is a network.
    package let program: Int

    /// - Parameters:
    ///   - batch: faces of each person in a step.
    ///   - averaged: whether an average of the parameters is kept.
    package init(_ size: NetworkSize, batch: Int, averaged: Bool = true) {
        let all = size.parameters * 4
        (weights, gradients, optimizer) = (all, all, 2 * all)
        average = averaged ? all : 0
        activations = size.activations * batch * 4
        program = Self.program
    }

    /// Measured on Linux: the peak of trainings of `original` (1.95 GB) and `dimorph-s` (1.07 GB) less the other parts and
    /// their faces (0.07 and 0.18 GB) is 0.4 and 0.5 GB.
    static let program = 400_000_000

    package var total: Int { weights + gradients + optimizer + average + activations + program }
}

extension NetworkDesign {
    /// Numbers of the code's learned half; nil where there is no other half.
    var learnedCode: Int? {
        guard case .hybrid(let settings) = self else { return nil }
        return settings.learnedCode
    }

    /// Numbers of the code's measured half.
    var measures: Int {
        guard case .hybrid(let settings) = self else { return 0 }
        return ((settings.upperMeasures + settings.lowerMeasures).max() ?? -1) + 1
    }
}
