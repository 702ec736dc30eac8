import Architectures
import Tensors

/// Disturbs a batch of faces, all at once on the device: turn, size, place, a warp, colours, and what is around
/// the face.
///
/// The decoder must still draw the undisturbed face, or one that has only been moved, so that the code holds the face
/// and not the picture. One `grid_sample` does the affine map and the warp of all encoder pictures, another the affine
/// map of what is to be drawn.
struct Augmentation {
    private let settings: AugmentationSettings
    private let input: Int
    private let output: Int
    private let device: Device
    private let warp: FaceWarp
    private let colours: SourceColours
    /// Of the encoder's picture and of the truth; nil where nothing is blurred.
    private let blurs: (input: OutsideBlur, truth: OutsideBlur)?

    init(_ settings: AugmentationSettings, form: NetworkForm, device: Device) throws {
        (self.settings, self.device) = (settings, device)
        (input, output) = (form.inputSide, form.outputSide)
        warp = try FaceWarp(settings, side: input, device: device)
        colours = SourceColours(settings.colourTransfer, side: output, device: device)
        guard settings.blurOutside > 0 else {
            blurs = nil
            return
        }
        func blur(_ side: Int) throws -> OutsideBlur {
            try OutsideBlur(side: side, deviation: settings.blurOutside, device: device)
        }
        blurs = (input: try blur(form.inputSide), truth: try blur(form.outputSide))
    }

    /// - Parameters:
    ///   - people: each person's faces with their margins, the source's first, then the target's.
    ///   - warps: whether the encoder's pictures are warped as the settings say.
    ///   - batch: faces of each person of which chance is drawn, where these are not all.
    ///   - part: which of them these are.
    ///   - numbers: the random numbers of this step.
    /// - Returns: the encoder's pictures of everybody, `[N, 3, E, E]` in 0…1, and what each person's decoder is to draw.
    func callAsFunction(
        _ people: [PersonFaces.Wide], warps: Bool = true, batch: Int? = nil, part: BatchPart = .whole,
        numbers: inout RandomNumbers
    ) throws -> (input: Tensor, truth: [PersonFaces.Batch]) {
        let counts = people.map { $0.input.shape[0] }
        var (motions, moves) = ([FaceMotion](), [[Double]]())
        var jitter = ColourJitter(settings, device: device)
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
        var people = people
        if people.count > 1 {
            people[0] = try colours(people[0], towards: people[1], numbers: &numbers)
        }
        let truth = try truth(people, motions: motions, jitter: jitter)
        let pictures = try pictures(people, motions: motions, moves: warps ? moves : [])
        var start = 0
        let batches = try zip(people, counts).map { person, count in
            defer { start += count }
            let rows = start..<start + count
            return try PersonFaces.Batch(
                faces: truth.faces.slice(rows, axis: 0), regions: truth.regions.slice(rows, axis: 0),
                measured: person.measured)
        }
        return (try jitter.scaled(jitter.tinted(pictures)), batches)
    }

    /// The encoder's pictures before their colours are changed.
    private func pictures(
        _ people: [PersonFaces.Wide], motions: [FaceMotion], moves: [[Double]]
    ) throws -> Tensor {
        var wide = try concatenated(people.map(\.input), axis: 0)
        let outer = wide.shape[3]
        if blurs != nil {
            let mask = try concatenated(people.map(\.regions), axis: 0).slice(0..<1, axis: 1)
            wide = try concatenated([wide, resizedBilinear(mask, height: outer, width: outer)], axis: 1)
        }
        let crop = Double(input) / Double(outer)
        var grid = try affine(motions, crop: crop, side: input)
        if !moves.isEmpty, let field = try warp.field(moves, crop: crop) { grid = try grid + field }
        let moved = try gridSample(wide, grid: grid, outside: .nearestEdge)
        guard let blurs else { return moved }
        return try blurs.input(moved.slice(0..<3, axis: 1), mask: moved.slice(3..<4, axis: 1))
    }

    /// What is to be drawn: colours and regions, `[N, 3, R, R]` both.
    private func truth(
        _ people: [PersonFaces.Wide], motions: [FaceMotion], jitter: ColourJitter
    ) throws -> (faces: Tensor, regions: Tensor) {
        var faces = try concatenated(people.map(\.truth), axis: 0)
        var regions = try concatenated(people.map(\.regions), axis: 0)
        if settings.movesTruth {
            let wide = try concatenated([faces, regions], axis: 1)
            let crop = Double(output) / Double(wide.shape[3])
            let moved = try gridSample(
                wide, grid: affine(motions, crop: crop, side: output), outside: .nearestEdge)
            (faces, regions) = (try moved.slice(0..<3, axis: 1), try moved.slice(3..<6, axis: 1))
        } else {
            faces = try PersonFaces.middle(faces, side: output)
            regions = try PersonFaces.middle(regions, side: output)
        }
        if let blurs { faces = try blurs.truth(faces, mask: regions.slice(0..<1, axis: 1)) }
        return (settings.coloursTruth ? try jitter.tinted(faces) : faces, regions)
    }

    private func affine(_ motions: [FaceMotion], crop: Double, side: Int) throws -> Tensor {
        try affineGrid(
            Tensor(
                motions.flatMap { $0.map(crop: crop) }, shape: [motions.count, 2, 3], device: device),
            height: side, width: side)
    }
}
