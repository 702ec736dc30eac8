import Architectures
import Faces
import Foundation
import Safetensors
import Tensors
import Workspace

/// One person's faces at the network's resolutions, from which batches are drawn.
struct PersonFaces {
    /// Training faces, and held-out faces.
    let split: HeldOutSplit
    let card: ModelCard.Person
    /// Warnings about these faces, for the user.
    let notices: [String]

    /// Side of the training targets.
    private let side: Int
    private let device: Device
    /// The crop with its margin at the encoder's resolution.
    private let input: FacePictures
    /// The crop at the decoder's resolution; `nil` if it equals the encoder's.
    private let truth: FacePictures?
    private let regions: FacePictures
    /// `[N, M]`, relative to the person; the same for mirrored faces.
    private let measured: Tensor
    private let mirrored: Tensor
    private let backwards: Tensor
    /// Cumulative sampling weights of the training faces.
    private let reach: [Double]

    /// - Parameters:
    ///   - names: names of the measures, and `origin`: neutral values that a checkpoint of an earlier version
    ///     was trained with.
    ///   - keepsMargin: whether the target keeps its margin because it is transformed.
    ///   - memory: bytes of the device that the pictures may take; of larger sets each batch is read from the
    ///     mapped file.
    init(
        _ set: PackedSet, form: NetworkForm, measures names: [String] = FaceMeasures.names,
        origin: ModelCard.Origin = .neutral,
        sampling: Sampling = .balanced, balance: Double,
        keepsMargin: Bool = false, memory: Int = .max, device: Device
    ) throws {
        self.device = device
        side = form.outputSide
        func fit(_ side: Int, keepsMargin: Bool) throws -> PictureFit {
            try PictureFit(
                packed: set.size, margin: set.margin, side: side, keepsMargin: keepsMargin, device: device)
        }
        let wide = try fit(form.inputSide, keepsMargin: true)
        let narrow = try fit(side, keepsMargin: keepsMargin)
        let sharesPictures = form.inputSide == side
        let bytes = [wide, narrow, narrow].dropLast(sharesPictures ? 1 : 0).reduce(0) {
            $0 + FacePictures.bytes($1)
        }
        let resident = bytes * set.count <= memory
        func pictures(_ content: FacePictures.Content, _ fit: PictureFit) throws -> FacePictures {
            try FacePictures(content, of: set, fit: fit, resident: resident, device: device)
        }
        input = try pictures(.colours, wide)
        truth = sharesPictures ? nil : try pictures(.colours, narrow)
        regions = try pictures(.regions, narrow)
        let widest = max(wide.outer, narrow.outer)
        backwards = try Tensor((0..<widest).reversed().map(Int64.init), shape: [widest], device: device)
        split = try Self.split(set)
        let training = split.training
        let measures = try set.measures()
        let person = Self.person(set.name, origin, names: names, measures: training.map { measures[$0] })
        card = person
        notices = [
            Self.notice(set, side: max(side, form.inputSide)),
            form.takesMeasures ? Self.notice(person, names: names) : nil,
        ].compactMap { $0 }
        func table(_ measures: [FaceMeasures], mirrored: Bool) throws -> Tensor {
            let rows = measures.flatMap {
                person.relative($0.values(named: names)) + [ModelCard.mirrorMark(mirrored)]
            }
            return try Tensor(rows, shape: [set.count, names.count + 1], device: device)
        }
        measured = try table(measures, mirrored: false)
        mirrored = try table(measures.map(\.mirrored), mirrored: true)
        var sum = 0.0
        let weights = SampleWeights.weights(
            training.map { measures[$0] }, sampling: sampling, balance: balance)
        reach = weights.map { weight in
            sum += weight
            return sum
        }
    }

    /// A batch of faces with margins, as input of the augmentation.
    struct Wide {
        /// `[B, 3, E', E']`, 0…1: the encoder's crop with its margin.
        let input: Tensor
        /// `[B, 3, R', R']`, 0…1: the decoder's crop, with its margin if it is kept.
        let truth: Tensor
        /// `[B, 3, R', R']`: masks of face, eyes and mouth; their margin may differ.
        let regions: Tensor
        /// `[B, M]`
        let measured: Tensor
    }

    /// A batch of faces by index.
    struct Batch {
        let faces: Tensor  // [B, 3, R, R], 0…1
        let mask: Tensor  // [B, 1, R, R]
        let eyes: Tensor  // [B, 1, R, R]
        let mouth: Tensor  // [B, 1, R, R]
        let measured: Tensor  // [B, M]

        /// - Parameters:
        ///   - faces: `[B, 3, R, R]`, 0…1.
        ///   - regions: `[B, 3, R, R]`: masks of face, eyes and mouth.
        init(faces: Tensor, regions: Tensor, measured: Tensor) throws {
            self.faces = faces
            mask = try regions.slice(0..<1, axis: 1)
            eyes = try regions.slice(1..<2, axis: 1)
            mouth = try regions.slice(2..<3, axis: 1)
            self.measured = measured
        }
    }

    /// Faces without augmentation.
    ///
    /// - Parameter count: number of mirrored faces, from the first on.
    func batch(_ numbers: [Int], mirrored count: Int = 0) throws -> Batch {
        let wide = try wide(numbers, mirrored: count)
        return try Batch(
            faces: Self.middle(wide.truth, side: side), regions: Self.middle(wide.regions, side: side),
            measured: wide.measured)
    }

    /// Indices of a batch's faces, drawn on the host.
    struct Selection {
        fileprivate let numbers: [Int]
        /// Number of mirrored faces, from the first on.
        fileprivate let mirrored: Int
        fileprivate let index: StepBuffer.IndexSlot

        var count: Int { numbers.count }
    }

    func select(_ numbers: [Int], mirrored count: Int = 0, in buffer: inout StepBuffer) -> Selection {
        Selection(numbers: numbers, mirrored: count, index: buffer.add(indices: numbers))
    }

    /// Number of values in the measured part of the latent code, including the mirror flag.
    var measureCount: Int { measured.shape[1] }

    /// Side lengths of the pictures with margins: of the encoder's crop, and of the target.
    var outerSides: (input: Int, truth: Int) { (input.fit.outer, (truth ?? input).fit.outer) }

    /// Faces with their margins.
    ///
    /// - Parameter count: number of mirrored faces, from the first on.
    func wide(_ numbers: [Int], mirrored count: Int = 0) throws -> Wide {
        var buffer = StepBuffer()
        let selection = select(numbers, mirrored: count, in: &buffer)
        return try wide(selection, buffer.uploaded(to: device))
    }

    func wide(_ selection: Selection, _ buffer: StepBuffer.Uploaded) throws -> Wide {
        let (numbers, count) = (selection.numbers, selection.mirrored)
        let index = try buffer(selection.index)
        func fetch(_ pictures: FacePictures) throws -> Tensor {
            let rows = try pictures(numbers, index: index)
            guard count > 0 else { return rows }
            let width = rows.shape[3]
            let reversed = try backwards.slice(backwards.shape[0] - width..<backwards.shape[0], axis: 0)
            let turned = try rows.slice(0..<count, axis: 0).indexSelect(reversed, axis: 3)
            return try concatenated([turned, rows.slice(count..<numbers.count, axis: 0)], axis: 0)
        }
        let input = try fetch(input)
        return Wide(
            input: input, truth: try truth.map(fetch) ?? input, regions: try fetch(regions),
            measured: try concatenated(
                [
                    mirrored.indexSelect(index.slice(0..<count, axis: 0)),
                    measured.indexSelect(index.slice(count..<numbers.count, axis: 0)),
                ],
                axis: 0))
    }

    /// Crops the pictures to the centre, without the margin.
    static func middle(_ pictures: Tensor, side: Int) throws -> Tensor {
        let edge = (pictures.shape[3] - side) / 2
        guard edge > 0 else { return pictures }
        return try pictures.slice(edge..<edge + side, axis: 2).slice(edge..<edge + side, axis: 3).contiguous()
    }

    /// Warns if the neutral mouth expression is estimated from other people.
    private static func notice(_ person: ModelCard.Person, names: [String]) -> String? {
        guard let certainty = person.certainty, !NeutralExpression.determinesMouth(certainty, named: names)
        else {
            return nil
        }
        return
            "the faces of '\(person.name)' hardly show the mouth at rest: what is neutral for it is taken from other people in part, "
            + "and the mouths of the swap may be a little too wide or narrow; footage with the lips together helps"
    }

    /// Warns if packed pictures are smaller than the network's resolution and are upscaled.
    private static func notice(_ set: PackedSet, side: Int) -> String? {
        let crop = set.cropSide
        guard crop < Double(side) else { return nil }
        // The setting is a multiple of 8.
        let wanted = Int((Double(side) * (1 + set.margin) / 8).rounded(.up)) * 8
        return
            "the faces of '\(set.name)' are packed \(Int(crop)) px wide and enlarged for a network of \(side) px: "
            + "for all their detail set extraction.packed_size = \(wanted) (and crop_size to no less) and extract again"
    }

    /// Indices of training faces, drawn with replacement, rare ones more often.
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

    var training: [Int] { split.training }

    /// Held-out faces for metrics; empty if there are too few.
    func heldOut(_ part: HeldOutPart) -> [Int] { part == .validation ? split.validation : split.test }

    private static func split(_ set: PackedSet) throws -> HeldOutSplit {
        let file = set.file
        let (clips, tracks, frames) = try (
            file.values("clip", as: Int32.self), file.values("track", as: Int32.self),
            file.values("frame", as: Int32.self)
        )
        let places = try file.values("time", as: Double.self).enumerated().map { index, time in
            HeldOutSplit.Place(clip: clips[index], track: tracks[index], frame: frames[index], time: time)
        }
        return HeldOutSplit(places, reach: set.reach)
    }

    /// Faces from which the model card's examples of the person's expressions are selected.
    private static let mostCompared = 4000

    /// The person's neutral expression and the range around it, for original and mirrored faces: neither side
    /// is preferred.
    private static func person(
        _ name: String, _ origin: ModelCard.Origin, names: [String], measures: [FaceMeasures]
    ) -> ModelCard.Person {
        let all = measures + measures.map(\.mirrored)
        let values = all.map { $0.values(named: names) }
        var person: ModelCard.Person
        switch origin {
        case .neutral:
            let neutral = NeutralExpression(all)
            person = .init(
                name: name, offset: FaceMeasures(values: neutral.anchors).values(named: names),
                gain: FaceMeasures(values: neutral.gains).values(named: names),
                certainty: FaceMeasures(values: neutral.certainty).values(named: names), lowest: [],
                highest: [])
        case .mean:
            let means = names.indices.map { measure in
                FaceMeasures.isTurn(names[measure])
                    ? 0 : values.reduce(0) { $0 + $1[measure] } / Float(max(1, values.count))
            }
            person = .init(name: name, offset: means, lowest: [], highest: [])
        }
        let relative = values.map { person.relative($0) }
        person.lowest = names.indices.map { measure in relative.map { $0[measure] }.min() ?? 0 }
        person.highest = names.indices.map { measure in relative.map { $0[measure] }.max() ?? 0 }
        if origin == .neutral {
            let step = max(1, (relative.count + Self.mostCompared - 1) / Self.mostCompared)
            person.shown = ShownExpressions(
                stride(from: 0, to: relative.count, by: step).map { relative[$0] },
                weights: FaceMeasures(values: FaceMeasures.weights).values(named: names))
        }
        return person
    }

    /// Initial decoder weights for this person.
    func decoderStart(channels: (head: Int, refinement: Int?)) throws -> DecoderInitialization {
        let some = try startingFaces(count: PatchBasis.faces(side: side))
        return try PatchBasis.start(faces: some.faces, masks: some.masks, channels: channels)
    }

    /// Some faces, and their mirror images: `[2N, 3, R, R]`, and their masks, `[2N, 1, R, R]`.
    func startingFaces(count: Int) throws -> (faces: Tensor, masks: Tensor) {
        let some = Validator.spread(training, count: max(1, count))
        let batch = try batch(some)
        let mirrored = try self.batch(some, mirrored: some.count)
        return (
            try concatenated([batch.faces, mirrored.faces], axis: 0),
            try concatenated([batch.mask, mirrored.mask], axis: 0)
        )
    }
}
