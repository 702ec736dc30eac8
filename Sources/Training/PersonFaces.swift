import Architectures
import Faces
import Foundation
import Safetensors
import Tensors
import Workspace

/// One person's faces on the engine's device, ready to be drawn from.
struct PersonFaces {
    /// Faces to train on and faces kept from it: the last tenth of each clip, by time.
    let training: [Int]
    let heldOut: [Int]
    let card: ModelCard.Person

    /// `[N, 3, R, R]` u8: what the decoder should draw.
    private let faces: Tensor
    /// `[N, 3, E·(1+margin), E·(1+margin)]` u8: what the encoder's picture is cut from.
    private let wide: Tensor
    /// `[N, 3, R, R]` u8: the mask, the eyes, the mouth.
    private let regions: Tensor
    /// `[N, M]`, relative to the person; the same in a mirror.
    private let measured: Tensor
    private let mirrored: Tensor
    private let backwards: Tensor
    /// For each training face the sum of the weights up to it.
    private let reach: [Double]

    static let chunk = 256

    init(_ set: PackedSet, form: NetworkForm, balance: Double, device: Device) throws {
        let file = set.file
        let size = set.size
        let (side, outer) = (form.outputSide, form.inputSide * size / form.outputSide)
        let edge = (size - side) / 2
        guard size >= side, (size - side) % 2 == 0, size % outer == 0 else {
            throw TrainingError(
                .mismatch,
                "The faces of '\(set.name)' are \(size) px wide, which does not suit a network of \(side) px; extract them anew"
            )
        }
        var (faceParts, wideParts, regionParts) = ([Tensor](), [Tensor](), [Tensor]())
        for start in stride(from: 0, to: set.count, by: Self.chunk) {
            let rows = start..<min(set.count, start + Self.chunk)
            let images = try Tensor("images", rows: rows, in: file, device: device).permuted(0, 3, 1, 2)
            func inner(_ x: Tensor) throws -> Tensor {
                try x.slice(edge..<edge + side, axis: 2).slice(edge..<edge + side, axis: 3).contiguous()
            }
            faceParts.append(try inner(images))
            let factor = Extent(size / outer)
            wideParts.append(
                try (averagePool2d(images.to(.float32).contiguous(), kernel: factor, stride: factor) + 0.5)
                    .to(.uint8))
            let both = try ["masks", "eyes", "mouth"].map {
                try Tensor($0, rows: rows, in: file, device: device).reshaped(rows.count, 1, size, size)
            }
            regionParts.append(try inner(concatenated(both, axis: 1)))
        }
        faces = try concatenated(faceParts, axis: 0)
        wide = try concatenated(wideParts, axis: 0)
        regions = try concatenated(regionParts, axis: 0)

        (training, heldOut) = try Self.split(
            clips: file.values("clip", as: Int32.self), times: file.values("time", as: Double.self))
        let measures = try file.values("measures", as: Float.self).chunked(FaceMeasures.count)
            .map { FaceMeasures(values: $0) }
        let person = Self.person(set.name, measures: training.map { measures[$0] })
        card = person
        func table(_ measures: [FaceMeasures], mirrored: Bool) throws -> Tensor {
            let rows = measures.flatMap { person.relative($0.values) + [ModelCard.mirrorMark(mirrored)] }
            return try Tensor(rows, shape: [set.count, FaceMeasures.count + 1], device: device)
        }
        measured = try table(measures, mirrored: false)
        mirrored = try table(measures.map(\.mirrored), mirrored: true)
        backwards = try Tensor(
            (0..<max(side, outer)).reversed().map(Int64.init), shape: [max(side, outer)], device: device)
        var sum = 0.0
        reach = Rarity.weights(training.map { measures[$0] }, balance: balance).map { weight in
            sum += weight
            return sum
        }
    }

    /// A batch of faces by their numbers.
    struct Batch {
        let faces: Tensor  // [B, 3, R, R], 0…1
        let wide: Tensor  // [B, 3, E', E'], 0…1
        let mask: Tensor  // [B, 1, R, R]
        let eyes: Tensor  // [B, 1, R, R]
        let mouth: Tensor  // [B, 1, R, R]
        let measured: Tensor  // [B, M]
    }

    /// - Parameter mirrored: how many of the faces, from the first on, are seen in a mirror.
    func batch(_ numbers: [Int], mirrored count: Int = 0) throws -> Batch {
        func index(_ numbers: some Collection<Int>) throws -> Tensor {
            try Tensor(numbers.map(Int64.init), shape: [numbers.count], device: faces.device)
        }
        let all = try index(numbers)
        func fetch(_ tensor: Tensor) throws -> Tensor {
            let rows = try tensor.gathered(all).to(.float32) / 255
            guard count > 0 else { return rows }
            let width = rows.shape[3]
            let reversed = try backwards.slice(backwards.shape[0] - width..<backwards.shape[0], axis: 0)
            let turned = try rows.slice(0..<count, axis: 0).gathered(reversed, axis: 3)
            return try concatenated([turned, rows.slice(count..<numbers.count, axis: 0)], axis: 0)
        }
        let regions = try fetch(regions)
        return Batch(
            faces: try fetch(faces), wide: try fetch(wide), mask: try regions.slice(0..<1, axis: 1),
            eyes: try regions.slice(1..<2, axis: 1), mouth: try regions.slice(2..<3, axis: 1),
            measured: try concatenated(
                [
                    mirrored.gathered(index(numbers.prefix(count))),
                    measured.gathered(index(numbers.dropFirst(count))),
                ],
                axis: 0))
    }

    /// Numbers of training faces, drawn with repetition, the rare ones more often.
    func draw(_ count: Int, numbers: inout RandomNumbers) -> [Int] {
        (0..<count).map { _ in
            let mark = numbers.uniform() * (reach.last ?? 0)
            var (low, high) = (0, reach.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if reach[middle] > mark { high = middle } else { low = middle + 1 }
            }
            return training[low]
        }
    }

    /// The last tenth of each clip is kept from training.
    static func split(clips: [Int32], times: [Double]) -> (training: [Int], heldOut: [Int]) {
        var (training, heldOut) = ([Int](), [Int]())
        for (_, faces) in Dictionary(grouping: clips.indices, by: { clips[$0] }).sorted(by: {
            $0.key < $1.key
        }) {
            let ordered = faces.sorted { (times[$0], $0) < (times[$1], $1) }
            let kept = ordered.count / 10
            training += ordered.dropLast(kept)
            heldOut += ordered.suffix(kept)
        }
        return (training, heldOut)
    }

    /// The person's own mean of each measure and the range around it, in and out of the mirror: no side is
    /// preferred.
    private static func person(_ name: String, measures: [FaceMeasures]) -> ModelCard.Person {
        let all = measures + measures.map(\.mirrored)
        let count = FaceMeasures.count
        var person = ModelCard.Person(
            name: name, offset: [Float](repeating: 0, count: count), lowest: [], highest: [])
        for measure in 0..<FaceMeasures.firstPose {
            person.offset[measure] = all.reduce(0) { $0 + $1.values[measure] } / Float(max(1, all.count))
        }
        let relative = all.map { person.relative($0.values) }
        person.lowest = (0..<count).map { measure in relative.map { $0[measure] }.min() ?? 0 }
        person.highest = (0..<count).map { measure in relative.map { $0[measure] }.max() ?? 0 }
        return person
    }

    /// What a fresh decoder of this person begins with.
    func decoderStart(channels: Int) throws -> DecoderStart {
        let some = Examiner.spread(training, count: PatchBasis.faces)
        let batch = try batch(some)
        let mirrored = try self.batch(some, mirrored: some.count)
        return try PatchBasis.start(
            faces: concatenated([batch.faces, mirrored.faces], axis: 0),
            masks: concatenated([batch.mask, mirrored.mask], axis: 0), channels: channels)
    }
}

extension Array {
    fileprivate func chunked(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
