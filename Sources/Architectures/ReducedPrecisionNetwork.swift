import NeuralNetworks
import Tensors

/// Wraps a network to run its matrix products and convolutions in bfloat16. Parameters, codes, outputs and
/// the loss stay float32.
package struct ReducedPrecisionNetwork: SwapNetwork {
    private let network: any SwapNetwork
    private let device: Device

    package init(_ network: any SwapNetwork, device: Device) {
        self.network = network
        self.device = device
    }

    package var form: NetworkForm { network.form }

    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor {
        try inReducedPrecision(on: device) { try network.encode(faces, rows: rows) }.to(.float32)
    }

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        try inReducedPrecision(on: device) { try network.draw(code, as: person, morph: morph) }.inFull()
    }

    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        try inReducedPrecision(on: device) {
            try network.drawEach(code, rows: rows, numbers: &numbers)
        }.map { try $0.inFull() }
    }

    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, refining some: [[Int]], numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        try inReducedPrecision(on: device) {
            try network.drawEach(code, rows: rows, refining: some, numbers: &numbers)
        }.map { try $0.inFull() }
    }
}

extension Drawing {
    fileprivate func inFull() throws -> Drawing {
        Drawing(
            colours: try colours.to(.float32), mask: try mask?.to(.float32),
            refined: try refined.map {
                Refined(
                    faces: $0.faces, colours: try $0.colours.to(.float32), mask: try $0.mask?.to(.float32))
            })
    }
}
