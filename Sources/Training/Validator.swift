import Architectures
import Faces
import NeuralNetworks
import Pictures
import Tensors

/// Evaluates the averaged network on held-out faces.
struct Validator {
    private let network: any SwapNetwork
    private let people: [PersonFaces]
    private let similarity: StructuralSimilarity
    private let light: TargetLight
    /// Indices of the measures that the network uses together.
    private let regions: [[Int]]
    private let device: Device

    /// Number of faces per person for the error, and in a preview.
    static let examined = 32
    static let shown = 5
    /// Number of the target's held-out faces for swap metrics, and of the source's reference faces.
    static let judged = 16
    /// Maximum number of faces for the latent statistics: three times the latent's length.
    static let encoded = 96
    /// Number of faces per encoder batch.
    private static let together = 16
    static let likened = 8

    /// Indices of the two people between whom faces are swapped; further people only train the encoder.
    static let source = 0
    static let target = 1

    init(network: any SwapNetwork, people: [PersonFaces], regions: [[Int]], device: Device) throws {
        self.network = network
        self.people = people
        (self.regions, self.device) = (regions, device)
        similarity = try StructuralSimilarity(
            height: network.form.outputSide, width: network.form.outputSide, device: device)
        light = try TargetLight(side: network.form.outputSide, device: device)
    }

    /// Reconstruction error of held-out faces by each person's own decoder, averaged over people.
    struct HeldOut {
        /// Mean absolute error inside the mask, 0…1.
        var error = 0.0
        /// Structural similarity inside the mask, of R, G and B.
        var similarity = 0.0
    }

    /// - Returns: `nil` if a person has too few faces in that part.
    func heldOut(_ part: HeldOutPart) throws -> HeldOut? {
        guard people.allSatisfy({ !$0.heldOut(part).isEmpty }) else { return nil }
        var result = HeldOut()
        for (index, person) in people.enumerated() {
            let batch = try person.batch(Self.spread(person.heldOut(part), count: Self.examined))
            let colours = try draw(batch, of: index, as: index).colours.clamped(0...1)
            let share = 1 / Double(people.count)
            try withoutGradient {
                result.error += try ReconstructionLoss.error(colours, batch.truth).item() * share
                let map = try similarity(colours * batch.mask, batch.faces * batch.mask)
                let area = try batch.mask.sum() * 3 + 1e-6
                result.similarity += try ((map * batch.mask).sum() / area).item() * share
            }
        }
        return result
    }

    /// Reference faces for swap metrics; `nil` if the target has too few in that part.
    func judgedFaces(_ part: HeldOutPart, crop: CropKind) throws -> ValidationFaces? {
        guard let target = try batchToJudge(part) else { return nil }
        let own = people[Self.source]
        return ValidationFaces(
            crop: crop,
            source: try Self.pictures(own.batch(Self.spread(own.training, count: Self.likened)).faces),
            target: try Self.pictures(target.faces))
    }

    /// The target's evaluation faces with the swapped face composited over them.
    func composites(_ part: HeldOutPart) throws -> [Picture] {
        guard let batch = try batchToJudge(part) else { return [] }
        return try Self.pictures(swapped(batch).composite)
    }

    private func batchToJudge(_ part: HeldOutPart) throws -> PersonFaces.Batch? {
        let target = people[Self.target]
        let faces = target.heldOut(part)
        return faces.isEmpty ? nil : try target.batch(Self.spread(faces, count: Self.judged))
    }

    /// Target, its reconstruction, the swap, and the swap composited by its mask with matched lighting.
    func preview(iteration: Int) throws -> TrainingPreview {
        let target = Self.target
        let batch = try people[target].batch(Self.spread(people[target].examples, count: Self.shown))
        let own = try draw(batch, of: target, as: target)
        let other = try swapped(batch)
        let columns = try [batch.faces, own.colours, other.colours, other.composite]
            .map { try Self.pictures($0) }
        return TrainingPreview(
            iteration: iteration, columns: ["target", "reconstruction", "swap", "composite"],
            rows: columns[0].indices.map { row in columns.map { $0[row] } })
    }

    /// The target's faces decoded as the source: the raw output, and its composite over the target with
    /// matched lighting.
    private func swapped(_ batch: PersonFaces.Batch) throws -> (colours: Tensor, composite: Tensor) {
        let other = try draw(batch, of: Self.target, as: Self.source)
        return try withoutGradient {
            let mask = try other.mask.map { try sigmoid($0) } ?? batch.mask
            let colours = try other.colours.clamped(0...1)
            let lit = try light.applied(to: colours, of: batch.faces, mask: mask)
            return (colours, try batch.faces * (1 - mask) + lit * mask)
        }
    }

    /// Decodes one person's faces as another person.
    private func draw(_ batch: PersonFaces.Batch, of person: Int, as other: Int) throws -> Drawing {
        try withoutGradient {
            let rows = PeopleRows(of: person, among: people.count, count: batch.faces.shape[0])
            let learned = try network.encode(network.encoderInput(batch.faces), rows: rows)
            guard other != person, !regions.isEmpty else {
                return try network.draw(
                    LatentCode(learned: learned, measured: batch.measured), as: other, morph: 1)
            }
            let shift = try codes(of: person).shift(to: codes(of: other))
            return try network.draw(
                LatentCode(
                    learned: learned + Tensor(shift, shape: [1, shift.count], device: device),
                    measured: measured(batch, as: other)), as: other, morph: 1)
        }
    }

    /// Statistics of each person's learned latents for the model card; `nil` if the latent has no measured
    /// part.
    func codes() throws -> [CodeStatistics]? {
        guard !regions.isEmpty else { return nil }
        return try people.indices.map { try codes(of: $0) }
    }

    /// Computed over training faces.
    private func codes(of person: Int) throws -> CodeStatistics {
        try withoutGradient {
            let faces = Self.spread(people[person].training, count: Self.encoded)
            // In batches: all faces at output resolution would be the peak memory of this function.
            let codes = try stride(from: 0, to: faces.count, by: Self.together).map { start in
                let some = Array(faces[start..<min(faces.count, start + Self.together)])
                let rows = PeopleRows(of: person, among: people.count, count: some.count)
                return try network.encode(
                    network.encoderInput(people[person].batch(some).faces), rows: rows)
            }
            return try CodeStatistics(of: concatenated(codes, axis: 0))
        }
    }

    /// A batch's measures as they are passed to a person's decoder in a conversion.
    private func measured(_ batch: PersonFaces.Batch, as other: Int) throws -> Tensor {
        let count = batch.measured.shape[1] - 1
        let rows = try batch.measured.values(as: Float.self)
        let reachable = stride(from: 0, to: rows.count, by: count + 1).flatMap { start in
            people[other].card.reachable(Array(rows[start..<start + count]), regions: regions)
                + [rows[start + count]]
        }
        return try Tensor(reachable, shape: batch.measured.shape, device: device)
    }

    /// Evenly spaced elements.
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
    /// Faces for previews: held-out ones, or training faces if the clips are too short.
    var examples: [Int] { split.validation.isEmpty ? training : split.validation }
}

/// A preview sheet of a training at one iteration.
package struct TrainingPreview: Sendable {
    package let iteration: Int
    package let columns: [String]
    package let rows: [[Picture]]
    /// The state of training as text; empty if nothing is known yet.
    package var remark = ""

    package var sheet: Sheet {
        Sheet(
            title: "iteration \(iteration)", columns: columns, rows: rows, footer: remark, cell: 192)
    }
}
