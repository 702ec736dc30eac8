import Architectures
import Tensors

/// Augments a batch of faces on the device: rotation, scale, translation, warp, colour jitter, lighting and
/// background blur.
///
/// The training target is the unaugmented face, or one that is only transformed affinely, so that the latent
/// code describes the face and not the picture. One `grid_sample` applies the affine map and the warp to all
/// encoder inputs, a second one the affine map to the targets.
struct Augmentation {
    private let settings: AugmentationSettings
    private let input: Int
    private let output: Int
    private let warp: FaceWarp
    private let colours: SourceColours
    /// Background blur of the encoder input and of the target; `nil` if it is off.
    private let blurs: (input: OutsideBlur, truth: OutsideBlur)?

    init(_ settings: AugmentationSettings, form: NetworkForm, device: Device) throws {
        self.settings = settings
        (input, output) = (form.inputSide, form.outputSide)
        warp = try FaceWarp(settings, side: input, device: device)
        colours = SourceColours(settings.colourTransfer, side: output)
        guard settings.blurOutside > 0 else {
            blurs = nil
            return
        }
        func blur(_ side: Int) throws -> OutsideBlur {
            try OutsideBlur(side: side, deviation: settings.blurOutside, device: device)
        }
        blurs = (input: try blur(form.inputSide), truth: try blur(form.outputSide))
    }

    /// Random values of a batch, drawn before any tensor operation.
    struct Draw {
        /// Affine maps of the encoder input, and of the target if it is transformed too: `[N, 2, 3]`.
        fileprivate let inputMaps: StepBuffer.Slot
        fileprivate let truthMaps: StepBuffer.Slot?
        /// `nil` if the encoder inputs are not warped.
        fileprivate let warp: StepBuffer.Slot?
        fileprivate let jitter: ColourJitter.Slots
        /// `nil` if there is no colour transfer.
        fileprivate let colours: SourceColours.Draw?
    }

    /// - Parameters:
    ///   - counts: number of faces of each person, the source first, then the target.
    ///   - outer: side lengths of the pictures with their margins.
    ///   - warps: whether the encoder inputs are warped according to the settings.
    ///   - batch: number of faces of each person that random numbers are drawn for, if it differs from
    ///     `counts`.
    ///   - part: indices of the rows that this process uses.
    ///   - numbers: random number generator of this step.
    func draw(
        _ counts: [Int], outer: (input: Int, truth: Int), warps: Bool, batch: Int?, part: BatchPart,
        numbers: inout RandomNumbers, in buffer: inout StepBuffer
    ) -> Draw {
        var (motions, moves) = ([FaceMotion](), [[Double]]())
        var jitter = ColourJitter(settings)
        for count in counts {
            let own = batch.map(part.rows) ?? 0..<count
            for face in 0..<(batch ?? count) {
                let (motion, move) = (FaceMotion(settings, numbers: &numbers), warp.draw(&numbers))
                guard own.contains(face) else {
                    jitter.pass(&numbers)
                    continue
                }
                motions.append(motion)
                moves.append(move)
                jitter.add(&numbers)
            }
        }
        let colours =
            counts.count > 1
            ? colours.draw(counts[0], choices: counts[1], numbers: &numbers, in: &buffer) : nil
        let crop = Double(input) / Double(outer.input)
        func maps(_ crop: Double) -> StepBuffer.Slot {
            buffer.add(motions.flatMap { $0.map(crop: crop) }, shape: [motions.count, 2, 3])
        }
        return Draw(
            inputMaps: maps(crop),
            truthMaps: settings.movesTruth ? maps(Double(output) / Double(outer.truth)) : nil,
            warp: warps ? warp.displacements(moves, crop: crop, in: &buffer) : nil,
            jitter: jitter.slots(in: &buffer), colours: colours)
    }

    /// - Parameters:
    ///   - people: each person's faces with their margins, the source first, then the target.
    ///   - draw: result of `draw` for as many faces.
    /// - Returns: the encoder inputs, `[N, 3, E, E]` in 0…1, and each person's training targets.
    func callAsFunction(
        _ people: [PersonFaces.Wide], _ draw: Draw, _ buffer: StepBuffer.Uploaded
    ) throws -> (input: Tensor, truth: [PersonFaces.Batch]) {
        var people = people
        if let drawn = draw.colours { people[0] = try colours(people[0], towards: people[1], drawn, buffer) }
        let jitter = ColourJitter.Batch(slots: draw.jitter, buffer: buffer)
        let truth = try truth(people, maps: draw.truthMaps.map { try buffer($0) }, jitter: jitter)
        let pictures = try pictures(
            people, maps: buffer(draw.inputMaps), warp: draw.warp.map { try buffer($0) })
        var start = 0
        let batches = try people.map { person in
            let count = person.input.shape[0]
            defer { start += count }
            let rows = start..<start + count
            return try PersonFaces.Batch(
                faces: truth.faces.slice(rows, axis: 0), regions: truth.regions.slice(rows, axis: 0),
                measured: person.measured)
        }
        return (try jitter.scaled(jitter.tinted(pictures)), batches)
    }

    /// The same in one call, with its own step buffer.
    func callAsFunction(
        _ people: [PersonFaces.Wide], warps: Bool = true, batch: Int? = nil, part: BatchPart = .whole,
        numbers: inout RandomNumbers
    ) throws -> (input: Tensor, truth: [PersonFaces.Batch]) {
        var buffer = StepBuffer()
        let draw = draw(
            people.map { $0.input.shape[0] },
            outer: (people[0].input.shape[3], people[0].truth.shape[3]), warps: warps, batch: batch,
            part: part, numbers: &numbers, in: &buffer)
        return try callAsFunction(people, draw, buffer.uploaded(to: people[0].input.device))
    }

    /// Encoder inputs before the colour augmentation.
    private func pictures(
        _ people: [PersonFaces.Wide], maps: Tensor, warp displacements: Tensor?
    ) throws -> Tensor {
        var wide = try concatenated(people.map(\.input), axis: 0)
        let outer = wide.shape[3]
        if blurs != nil {
            let mask = try concatenated(people.map(\.regions), axis: 0).slice(0..<1, axis: 1)
            wide = try concatenated([wide, resizedBilinear(mask, height: outer, width: outer)], axis: 1)
        }
        var grid = try affineGrid(maps, height: input, width: input)
        if let displacements, let field = try warp.field(displacements) { grid = try grid + field }
        let moved = try gridSample(wide, grid: grid, outside: .nearestEdge)
        guard let blurs else { return moved }
        return try blurs.input(moved.slice(0..<3, axis: 1), mask: moved.slice(3..<4, axis: 1))
    }

    /// Training targets: colours and regions, `[N, 3, R, R]` both.
    ///
    /// - Parameter maps: affine maps, `nil` if the target is not transformed.
    private func truth(
        _ people: [PersonFaces.Wide], maps: Tensor?, jitter: ColourJitter.Batch
    ) throws -> (faces: Tensor, regions: Tensor) {
        var faces = try concatenated(people.map(\.truth), axis: 0)
        var regions = try concatenated(people.map(\.regions), axis: 0)
        if let maps {
            let wide = try concatenated([faces, regions], axis: 1)
            let moved = try gridSample(
                wide, grid: affineGrid(maps, height: output, width: output), outside: .nearestEdge)
            (faces, regions) = (try moved.slice(0..<3, axis: 1), try moved.slice(3..<6, axis: 1))
        } else {
            faces = try PersonFaces.middle(faces, side: output)
            regions = try PersonFaces.middle(regions, side: output)
        }
        if let blurs { faces = try blurs.truth(faces, mask: regions.slice(0..<1, axis: 1)) }
        return (settings.coloursTruth ? try jitter.tinted(faces) : faces, regions)
    }
}
