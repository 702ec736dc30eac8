import NeuralNetworks
import Tensors

/// Trains another network in less memory: it sees a batch in parts, and what a part computes on the way is not
/// kept but computed again when its gradient is taken.
///
/// The loss still sees the whole batch, so that the gradient is that of the whole batch whatever the loss is made
/// of; accumulating the gradients of losses of small batches would not give it. A step takes a second forward pass.
package struct PartedNetwork: SwapNetwork {
    private let network: any SwapNetwork
    private let parts: Int

    /// - Parameter parts: into how many parts each person's faces are split; 1 keeps them together and only saves
    ///   what lies between the faces, their codes and the drawings.
    package init(_ network: any SwapNetwork, parts: Int) {
        self.network = network
        self.parts = max(1, parts)
    }

    package var form: NetworkForm { network.form }

    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor {
        let network = network
        let parts = rows.parts(parts)
        let codes = try parts.map { part in
            try recomputed([part.taken(from: faces)]) { [try network.encode($0[0], rows: part.rows)] }[0]
        }
        return try PeopleRows.Part.joined(codes, parts)
    }

    package func draw(_ code: FaceCode, as person: Int, morph: Double) throws -> Drawing {
        try network.draw(code, as: person, morph: morph)
    }

    package func drawEach(
        _ code: FaceCode, rows: PeopleRows, numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        let network = network
        var drawings: [[Drawing]] = []
        for part in rows.parts(parts) {
            let before = numbers
            var after = numbers
            let inputs = try [code.learned, code.measured].compactMap {
                try $0.map { try part.taken(from: $0) }
            }
            let drawsMask = network.form.drawsMask
            let results = try recomputed(inputs) { inputs in
                after = before
                let code = FaceCode(learned: inputs[0], measured: inputs.count > 1 ? inputs[1] : nil)
                return try network.drawEach(code, rows: part.rows, numbers: &after)
                    .flatMap { [$0.colours] + ($0.mask.map { [$0] } ?? []) }
            }
            numbers = after
            drawings.append(
                drawsMask
                    ? stride(from: 0, to: results.count, by: 2).map {
                        Drawing(colours: results[$0], mask: results[$0 + 1])
                    } : results.map { Drawing(colours: $0, mask: nil) })
        }
        return try rows.present.indices.map { person in
            let own = drawings.map { $0[person] }
            let masks = own.compactMap(\.mask)
            return Drawing(
                colours: try concatenated(own.map(\.colours), axis: 0),
                mask: masks.isEmpty ? nil : try concatenated(masks, axis: 0))
        }
    }
}

extension PeopleRows {
    /// Some of each person's rows.
    struct Part {
        /// Where they lie in the whole batch, and where in the part.
        let sources: [Range<Int>]
        let rows: PeopleRows

        /// The part of a tensor with a row for each face.
        func taken(from whole: Tensor) throws -> Tensor {
            try concatenated(
                sources.filter { !$0.isEmpty }.map { try whole.slice($0, axis: 0) }, axis: 0)
        }

        /// The whole of which these are the parts, person by person.
        static func joined(_ tensors: [Tensor], _ parts: [Part]) throws -> Tensor {
            let people = parts[0].rows.ranges.indices
            return try concatenated(
                people.flatMap { person in
                    try zip(tensors, parts).compactMap { tensor, part in
                        let range = part.rows.ranges[person]
                        return try range.isEmpty ? nil : tensor.slice(range, axis: 0)
                    }
                }, axis: 0)
        }
    }

    /// Each person's rows in so many parts, nearly alike; never more than the person with the fewest has rows.
    func parts(_ count: Int) -> [Part] {
        let count = max(1, min(count, present.map(\.range.count).min() ?? 1))
        return (0..<count).map { number in
            let sources = ranges.map { range in
                range.lowerBound + range.count * number / count..<range.lowerBound + range.count
                    * (number + 1) / count
            }
            var start = 0
            let rows = sources.map { range in
                defer { start += range.count }
                return start..<start + range.count
            }
            return Part(sources: sources, rows: PeopleRows(ranges: rows))
        }
    }
}
