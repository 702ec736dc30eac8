import Architectures
import Pictures
import Tensors

/// Looks at what the averaged network has learned, on frames that it was not trained on.
struct Examiner {
    private let network: any SwapNetwork
    private let people: [PersonFaces]
    private let loss: SwapLoss

    /// Faces of each person that the error is taken over, and that a preview shows.
    static let examined = 32
    static let shown = 5

    /// Places of the two people between whom faces are swapped; all further ones only teach the encoder.
    static let source = 0
    static let target = 1

    init(network: any SwapNetwork, people: [PersonFaces], loss: LossSettings, device: Device) throws {
        self.network = network
        self.people = people
        self.loss = try SwapLoss(loss, resolution: network.form.outputSide, device: device)
    }

    /// Mean absolute error inside the mask of each person's reconstruction by its own decoder, meaned over
    /// people; 0…1.
    func heldOutError() throws -> Double {
        var sum = 0.0
        for (index, person) in people.enumerated() {
            let batch = try person.batch(Self.spread(person.examples, count: Self.examined))
            let drawn = try draw(batch, of: index, as: index)
            sum += try withoutGradient { try SwapLoss.error(drawn.colours.clamped(0...1), batch.truth).item() }
        }
        return sum / Double(people.count)
    }

    /// Target, its reconstruction, the swap, and the swap laid over the target by its mask.
    func preview(iteration: Int) throws -> TrainingPreview {
        let target = Self.target
        let batch = try people[target].batch(Self.spread(people[target].examples, count: Self.shown))
        return try withoutGradient {
            let own = try draw(batch, of: target, as: target)
            let other = try draw(batch, of: target, as: Self.source)
            let mask = try other.mask.map { try sigmoid($0) } ?? batch.mask
            let colours = try other.colours.clamped(0...1)
            let columns = try [
                batch.faces, own.colours, colours, batch.faces * (1 - mask) + colours * mask,
            ].map { try Self.pictures($0) }
            return TrainingPreview(
                iteration: iteration, columns: ["target", "reconstruction", "swap", "composite"],
                rows: columns[0].indices.map { row in columns.map { $0[row] } })
        }
    }

    /// Draws one person's faces as another.
    private func draw(_ batch: PersonFaces.Batch, of person: Int, as other: Int) throws -> Drawing {
        try withoutGradient {
            let rows = PeopleRows(of: person, among: people.count, count: batch.faces.shape[0])
            let learned = try network.encode(network.encoderInput(batch.faces), rows: rows)
            return try network.draw(
                FaceCode(learned: learned, measured: batch.measured), as: other, morph: 1)
        }
    }

    /// Some of many, evenly spread.
    static func spread(_ all: [Int], count: Int) -> [Int] {
        guard all.count > count else { return all }
        return (0..<count).map { all[($0 * 2 + 1) * all.count / (2 * count)] }
    }

    private static func pictures(_ tensor: Tensor) throws -> [Picture] {
        let (count, height, width) = (tensor.shape[0], tensor.shape[2], tensor.shape[3])
        let bytes = try (tensor.clamped(0...1) * 255 + 0.5).permuted(0, 2, 3, 1).to(.uint8).values(
            as: UInt8.self)
        let size = height * width * 3
        return (0..<count).map {
            Picture(width: width, height: height, pixels: Array(bytes[$0 * size..<($0 + 1) * size]))
        }
    }
}

extension PersonFaces {
    /// Held-out faces, or all where the clips are too short to keep some.
    var examples: [Int] { heldOut.isEmpty ? training : heldOut }
}

/// What a training looks like at one moment, as pictures.
package struct TrainingPreview: Sendable {
    package let iteration: Int
    package let columns: [String]
    package let rows: [[Picture]]

    package var sheet: Sheet {
        Sheet(title: "iteration \(iteration)", columns: columns, rows: rows, cell: 192)
    }
}
