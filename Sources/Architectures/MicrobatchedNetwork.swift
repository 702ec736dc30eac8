import NeuralNetworks
import Tensors

/// Wraps a network to reduce its training memory: splits a batch into microbatches and recomputes their
/// activations in the backward pass.
///
/// The loss is computed over the whole batch, so that the gradient equals that of the whole batch for any
/// loss; gradient accumulation over separate losses of small batches would not. A step needs a second forward
/// pass.
package struct MicrobatchedNetwork: SwapNetwork {
    private let network: any SwapNetwork
    private let parts: Int

    /// - Parameter parts: number of microbatches per person; 1 keeps them together and only saves the
    ///   activations inside the network.
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

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        try network.draw(code, as: person, morph: morph)
    }

    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        let network = network
        return try inParts(code, rows: rows, numbers: &numbers) {
            try network.drawEach($0, rows: $1.rows, numbers: &$2)
        }
    }

    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, refining some: [[Int]], numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        let network = network
        return try inParts(code, rows: rows, numbers: &numbers) {
            try network.drawEach($0, rows: $1.rows, refining: $1.own(some, of: rows), numbers: &$2)
        }
    }

    private func inParts(
        _ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers,
        draw: @escaping (LatentCode, PeopleRows.Part, inout RandomNumbers) throws -> [Drawing]
    ) throws -> [Drawing] {
        var drawings: [[Drawing]] = []
        for part in rows.parts(parts) {
            let before = numbers
            var after = numbers
            // Layout of the output tensors; the same whenever a microbatch is recomputed.
            var layouts: [Drawing.Layout] = []
            let inputs = try [code.learned, code.measured].compactMap {
                try $0.map { try part.taken(from: $0) }
            }
            let results = try recomputed(inputs) { inputs in
                after = before
                let code = LatentCode(learned: inputs[0], measured: inputs.count > 1 ? inputs[1] : nil)
                let drawn = try draw(code, part, &after)
                layouts = drawn.map(\.layout)
                return drawn.flatMap(\.tensors)
            }
            numbers = after
            var rest = results[...]
            drawings.append(layouts.map { Drawing(taking: &rest, as: $0) })
        }
        return try rows.present.indices.map { person in try Drawing.joined(drawings.map { $0[person] }) }
    }
}

extension Drawing {
    /// Structure of a network output without its tensors.
    fileprivate struct Layout {
        let hasMask: Bool
        let refined: [Int]?
    }

    fileprivate var layout: Layout {
        Layout(hasMask: mask != nil, refined: refined?.faces)
    }

    fileprivate var tensors: [Tensor] {
        [colours, mask, refined?.colours, refined?.mask].compactMap { $0 }
    }

    /// Removes the tensors of a layout from the front of a list.
    fileprivate init(taking tensors: inout ArraySlice<Tensor>, as layout: Layout) {
        let colours = tensors.removeFirst()
        let mask = layout.hasMask ? tensors.removeFirst() : nil
        self.init(
            colours: colours, mask: mask,
            refined: layout.refined.map {
                Refined(
                    faces: $0, colours: tensors.removeFirst(),
                    mask: layout.hasMask ? tensors.removeFirst() : nil)
            })
    }

    /// Concatenates outputs of one person.
    fileprivate static func joined(_ parts: [Drawing]) throws -> Drawing {
        func all(_ tensors: [Tensor]) throws -> Tensor? {
            tensors.isEmpty ? nil : try concatenated(tensors, axis: 0)
        }
        var (faces, start) = ([Int](), 0)
        for part in parts {
            faces += part.refined?.faces.map { $0 + start } ?? []
            start += part.colours.shape[0]
        }
        let refined = parts.compactMap(\.refined)
        return Drawing(
            colours: try concatenated(parts.map(\.colours), axis: 0), mask: try all(parts.compactMap(\.mask)),
            refined: try all(refined.map(\.colours)).map {
                Refined(faces: faces, colours: $0, mask: try all(refined.compactMap(\.mask)))
            })
    }
}

extension PeopleRows {
    /// A microbatch: a range of each person's rows.
    struct Part {
        /// Their positions in the whole batch, and in the microbatch.
        let sources: [Range<Int>]
        let rows: PeopleRows

        /// Each person's faces that are in this microbatch, relative to the person's first one in it.
        func own(_ faces: [[Int]], of whole: PeopleRows) -> [[Int]] {
            zip(faces, zip(sources, whole.ranges)).map { faces, place in
                let own = place.0.lowerBound - place.1.lowerBound..<place.0.upperBound - place.1.lowerBound
                return faces.filter(own.contains).map { $0 - own.lowerBound }
            }
        }

        /// The microbatch's rows of a tensor with one row per face.
        func taken(from whole: Tensor) throws -> Tensor {
            try concatenated(
                sources.filter { !$0.isEmpty }.map { try whole.slice($0, axis: 0) }, axis: 0)
        }

        /// Concatenates microbatches, person by person.
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

    /// Splits each person's rows into approximately equal microbatches; not more than the smallest number of
    /// rows of a person.
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
