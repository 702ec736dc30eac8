import Foundation
import NeuralNetworks
import Tensors

/// A trained model for inference: converts one person's faces to another's with the same expression.
package final class SwapModel {
    package let card: ModelCard
    private let network: any SwapNetwork
    private let device: Device
    private let path: String
    // Retained because the network's parameters belong to it.
    private let store: ParameterStore
    /// Offsets added to the latents, by input and output person; `nil` for none.
    private var shifts: [[Int]: Tensor?] = [:]

    package init(_ url: URL, device: Device) throws {
        let model = try ModelFile(url)
        card = model.card
        (network, store) = try model.drawingNetwork(device: device)
        self.device = device
        path = url.path
    }

    /// Side lengths of the square input and output crops.
    package var size: Int { network.form.outputSide }

    /// Whether the network predicts masks.
    package var drawsMask: Bool { network.form.drawsMask }

    /// Index of a person's decoder.
    package func person(_ name: String) throws -> Int {
        guard let index = card.people.firstIndex(where: { $0.name == name }) else {
            let known = card.people.map(\.name).joined(separator: ", ")
            throw ModelError(.unknown, "The model was trained on \(known), not on '\(name)'")
        }
        return index
    }

    /// Renders person `to` with the expression and pose of person `from` in the given faces.
    ///
    /// - Parameters:
    ///   - faces: `[N, R, R, 3]` u8, crops according to the card.
    ///   - measures: one list per face, in standard deviations, named by `card.measures`.
    ///   - morph: as in `SwapNetwork.draw`.
    /// - Returns: `[N, R, R, 4]` u8: red, green, blue, and the face mask (the whole crop if the network
    ///   predicts none).
    package func swap(faces: [UInt8], measures: [[Float]], from: Int, to: Int, morph: Double = 1)
        throws -> [UInt8]
    {
        try withoutGradient {
            try drawn(
                encoded(faces, from: from, count: measures.count), measures, from: from, to: to, morph: morph)
        }
    }

    /// The same, and a reconstruction of person `from`, without content specific to this picture.
    ///
    /// Networks with a measured part in the code reconstruct from the measures alone: a decoder soon learns
    /// to render hands in front of a face too, but the measures do not contain them.
    package func swapAndRedraw(faces: [UInt8], measures: [[Float]], from: Int, to: Int, morph: Double = 1)
        throws -> (swapped: [UInt8], own: [UInt8])
    {
        try withoutGradient {
            let learned = try encoded(faces, from: from, count: measures.count)
            return (
                try drawn(learned, measures, from: from, to: to, morph: morph),
                try drawn(
                    network.form.takesMeasures ? learned * 0 : learned, measures, from: from, to: from,
                    morph: 1)
            )
        }
    }

    /// Measures for rendering person `to`: those of person `from`, relative to that person, projected to the
    /// other decoder's training range.
    package func reachable(_ measures: [Float], from: Int, to: Int) -> [Float] {
        card.people[to].reachable(
            card.people[from].relative(measures), regions: card.design.regions(of: card.measures.count))
    }

    private func shift(from: Int, to: Int) throws -> Tensor? {
        if let known = shifts[[from, to]] { return known }
        let shift = try card.codeShift(from: from, to: to).map {
            try Tensor($0, shape: [1, $0.count], device: device)
        }
        shifts[[from, to]] = .some(shift)
        return shift
    }

    private func encoded(_ faces: [UInt8], from: Int, count: Int) throws -> Tensor {
        let pictures =
            try Tensor(faces, shape: [count, size, size, 3], device: device)
            .permuted(0, 3, 1, 2).to(.float32) / 255
        let rows = PeopleRows(of: from, among: card.people.count, count: count)
        return try network.encode(network.encoderInput(pictures), rows: rows)
    }

    private func drawn(_ learned: Tensor, _ measures: [[Float]], from: Int, to: Int, morph: Double) throws
        -> [UInt8]
    {
        let count = measures.count
        var code = LatentCode(learned: learned)
        if let shift = try shift(from: from, to: to) { code.learned = try learned + shift }
        if network.form.takesMeasures {
            let normalised = measures.flatMap {
                reachable($0, from: from, to: to) + [ModelCard.mirrorMark(false)]
            }
            code.measured = try Tensor(normalised, shape: [count, card.measures.count + 1], device: device)
        }
        let drawn = try network.draw(code, as: to, morph: morph)
        guard try drawn.colours.to(.float32).sum().item().isFinite else {
            throw ModelError(
                .damaged,
                "The model \(path) draws what is no picture: its numbers overflow; restore it from a copy or train again"
            )
        }
        let mask =
            try drawn.mask.map { try sigmoid($0) }
            ?? Tensor(repeating: 1, shape: [count, 1, size, size], device: device)
        let both = try concatenated([drawn.colours.clamped(0...1), mask], axis: 1)
        return try (both * 255 + 0.5).permuted(0, 2, 3, 1).to(.uint8).values(as: UInt8.self)
    }
}

extension ModelCard.Person {
    /// Maximum absolute value of measures, in standard deviations: relative to the neutral face, a wide-open
    /// mouth has five; models of earlier versions were trained relative to the mean.
    private var reach: Float { gain == nil ? 4 : 6 }

    /// Measures relative to this person; unchanged if the network uses none.
    package func relative(_ values: [Float]) -> [Float] {
        guard offset.count == values.count else { return values }
        return values.indices.map { index in
            let distance = (values[index] - offset[index]) * (gain?[index] ?? 1)
            return min(reach, max(-reach, distance))
        }
    }

    /// Measures of another person, relative to that person, projected to this decoder's training range.
    ///
    /// - Parameter regions: from the network's design.
    package func reachable(_ relative: [Float], regions: [[Int]]) -> [Float] {
        guard highest.count == relative.count, lowest.count == relative.count else { return relative }
        let values = relative.indices.map { min(highest[$0], max(lowest[$0], relative[$0])) }
        return shown?.nearest(to: values, in: regions) ?? values
    }
}

extension NetworkDesign {
    /// Indices of the measures that are used together, without the mirror flag; empty if the network uses no
    /// measures.
    package func regions(of measures: Int) -> [[Int]] {
        guard case .hybrid(let settings) = self else { return [] }
        return [settings.upperMeasures, settings.lowerMeasures].map { $0.filter { $0 < measures } }
    }
}

extension SwapNetwork {
    /// Encoder input of faces: `[N, 3, S, S]` → `[N, 3, E, E]`, area means if S is a multiple of E.
    package func encoderInput(_ faces: Tensor) throws -> Tensor {
        let (side, input) = (faces.shape[3], form.inputSide)
        guard side != input else { return faces }
        guard side % input == 0 else { return try resizedBilinear(faces, height: input, width: input) }
        let factor = Extent(side / input)
        return try averagePool2d(faces.contiguous(), kernel: factor, stride: factor)
    }
}
