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
    let meanFace: [Float]

    /// `[N, 3, R, R]` u8: what the decoder should draw.
    private let faces: Tensor
    /// `[N, 3, E·(1+margin), E·(1+margin)]` u8: what the encoder's picture is cut from.
    private let wide: Tensor
    /// `[N, 3, R, R]` u8: the mask, the eyes, the mouth.
    private let regions: Tensor
    /// `[N, M]`, relative to the person.
    private let measured: Tensor

    static let chunk = 256

    init(_ set: PackedSet, settings: HybridSettings, device: Device) throws {
        let file = set.file
        let size = set.size
        let (side, outer) = (settings.resolution, settings.encoderResolution * size / settings.resolution)
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
        let measures = try file.values("measures", as: Float.self)
        let person = Self.person(set.name, measures: measures, training: training)
        card = person
        let relative = measures.chunked(FaceMeasures.count).flatMap { person.relative($0) }
        measured = try Tensor(relative, shape: [set.count, FaceMeasures.count], device: device)
        meanFace = try Self.mean(faces: faces, regions: regions)
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

    func batch(_ numbers: [Int]) throws -> Batch {
        let index = try Tensor(numbers.map(Int64.init), shape: [numbers.count], device: faces.device)
        func fetch(_ tensor: Tensor) throws -> Tensor { try tensor.gathered(index).to(.float32) / 255 }
        let regions = try fetch(regions)
        return Batch(
            faces: try fetch(faces), wide: try fetch(wide), mask: try regions.slice(0..<1, axis: 1),
            eyes: try regions.slice(1..<2, axis: 1), mouth: try regions.slice(2..<3, axis: 1),
            measured: try measured.gathered(index))
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

    private static func person(_ name: String, measures: [Float], training: [Int]) -> ModelCard.Person {
        let count = FaceMeasures.count
        var offset = [Float](repeating: 0, count: count)
        for measure in 0..<FaceMeasures.firstPose {
            offset[measure] =
                training.reduce(0) { $0 + measures[$1 * count + measure] } / Float(max(1, training.count))
        }
        let range = (0..<count).map { measure in
            let values = training.map { min(4, max(-4, measures[$0 * count + measure] - offset[measure])) }
            return (values.min() ?? 0, values.max() ?? 0)
        }
        return .init(name: name, offset: offset, lowest: range.map(\.0), highest: range.map(\.1))
    }

    /// The mean face, and the mean mask as logits: `[4, R, R]`.
    private static func mean(faces: Tensor, regions: Tensor) throws -> [Float] {
        var sums: [Tensor] = []
        let count = faces.shape[0]
        for start in stride(from: 0, to: count, by: chunk) {
            let rows = start..<min(count, start + chunk)
            let both = try concatenated(
                [faces.slice(rows, axis: 0), regions.slice(rows, axis: 0).slice(0..<1, axis: 1)], axis: 1)
            sums.append(try both.to(.float32).sum(0))
        }
        var total = sums[0]
        for sum in sums.dropFirst() { total = try total + sum }
        let mean = try total / (255 * Double(count))
        let mask = try (mean.slice(3..<4, axis: 0) * 2 - 1) * 1.5
        return try concatenated([mean.slice(0..<3, axis: 0), mask], axis: 0).values()
    }
}

extension Array {
    fileprivate func chunked(_ size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
