import Architectures
import NeuralNetworks
import Safetensors
import Tensors

/// One step of training: draw, disturb, encode, decode, compare, follow the gradient.
///
/// Nothing in it waits for the device; figures come out as tensors.
final class TrainingStep {
    /// The network, and as the recipe's economy runs it.
    private let whole: any SwapNetwork
    private var network: any SwapNetwork
    private let people: [PersonFaces]
    private var recipe: Recipe
    private let seed: UInt64
    private let light: RandomLighting
    private let augmentation: Augmentation
    private let loss: ReconstructionLoss
    /// Of faces before their refinement; nil for networks that draw all at once.
    private let coarseLoss: ReconstructionLoss?
    let auxiliaryLosses: AuxiliaryLosses
    private let optimizer: Optimizer
    private let average: MovingAverage?
    private let distributed: DistributedBatch
    private let device: Device

    init(
        network: any SwapNetwork, people: [PersonFaces], recipe: Recipe, seed: UInt64,
        optimizer: Optimizer,
        average: MovingAverage?, identity: (any IdentityEmbedder)? = nil,
        resuming file: SafetensorsFile? = nil,
        distributed: DistributedBatch = .alone, device: Device
    ) throws {
        whole = network
        self.network = recipe.economy.applied(to: network, device: device)
        self.people = people
        self.recipe = recipe
        self.seed = seed
        self.optimizer = optimizer
        self.average = average
        self.distributed = distributed
        self.device = device
        light = RandomLighting(recipe.augmentation.light, device: device)
        augmentation = try Augmentation(
            recipe.augmentation, form: network.form, device: device)
        loss = try ReconstructionLoss(
            recipe.loss, resolution: network.form.outputSide, identity: identity, device: device)
        coarseLoss = try network.form.coarseSide.map {
            try ReconstructionLoss(recipe.loss, resolution: $0, identity: identity, device: device)
        }
        auxiliaryLosses = try AuxiliaryLosses(
            recipe, network: network, source: { try people[Validator.source].lookingAround() },
            identity: identity, seed: seed, resuming: file, distributed: distributed, device: device)
    }

    /// Whether a step refines faces, for networks that refine some; nil leaves it to chance.
    var refines: Bool?
    /// Whether steps that refine faces cost more than others.
    var refinesSome: Bool { coarseLoss != nil }
    /// Share of the steps that refine.
    var refiningShare: Double { recipe.refinement.steps }

    /// Parts in which the network sees a batch, to make do with less memory; the gradient stays that of the whole batch.
    var parts: Int {
        get { recipe.economy.accumulation }
        set {
            recipe.economy.accumulation = newValue
            network = recipe.economy.applied(to: whole, device: device)
        }
    }

    /// - Parameters:
    ///   - iteration: counted from 0; everything random depends on it and the seed alone.
    ///   - progress: share of the run that is done, 0…1.
    ///   - rate: another learning rate than the recipe's.
    /// - Returns: each person's error inside the mask, `[P]`, or the mean of the others' for who is not in this step, at the resolution that the step draws all faces at.
    func callAsFunction(iteration: Int, progress: Double, rate: Double? = nil) throws -> Tensor {
        let (total, errors, drawn) = try loss(
            iteration: iteration, progress: progress, batch: recipe.batch, distributed: distributed)
        let rate = rate ?? recipe.rate.rate(step: iteration, progress: progress)
        if recipe.movesAtOnce(on: device), distributed.processGroup == nil {
            try optimizer.step(along: total, rate: rate)
        } else {
            try distributed.backward(
                from: total, to: optimizer.parameters, overlaps: !recipe.economy.recomputes)
            try optimizer.step(rate: rate, clip: recipe.clip)
        }
        try average?.update(step: iteration)
        try auxiliaryLosses.learn(from: drawn, progress: progress)
        return errors
    }

    /// Goes the way to the loss of some faces and back, and moves nothing: to see what memory the largest step takes.
    func measurePeakMemory(batch: Int) throws {
        let before = refines
        defer { refines = before }
        refines = true
        let progress = auxiliaryLosses.everLooksAtFaces ? 1.0 : 0
        try loss(iteration: 0, progress: progress, batch: batch, distributed: .alone).total.backward()
        try optimizer.clearGradients()
    }

    /// The gradients of a step that moves nothing, by the parameters' order.
    func gradients(iteration: Int) throws -> [Tensor?] {
        let total = try loss(iteration: iteration, progress: 0, batch: recipe.batch, distributed: distributed)
            .total
        try distributed.backward(from: total, to: optimizer.parameters, overlaps: !recipe.economy.recomputes)
        defer { try? optimizer.clearGradients() }
        return try optimizer.parameters.map { try $0.gradient()?.copied() }
    }

    /// Draws faces and what the network makes of them, and compares.
    ///
    /// - Parameters:
    ///   - batch: faces of each person, over all processes.
    ///   - joint: who shares it. Chance is drawn for all of its faces, so that each is the same whoever takes it.
    private func loss(
        iteration: Int, progress: Double, batch: Int, distributed: DistributedBatch
    ) throws -> (total: Tensor, errors: Tensor, drawn: DrawnStep) {
        let own = distributed.part.rows(batch)
        var numbers = RandomNumbers(seed: seed, stream: UInt64(iteration) &* 2 &+ 1)
        let present = presentPeople(&numbers)
        let wide = try present.map { place in
            let person = people[place]
            let chosen = person.draw(batch, numbers: &numbers)
            let share = recipe.augmentation.mirrored[place]
            let mirrored = chosen.filter { _ in numbers.uniform() < share }.count
            let ownMirrored = min(own.count, max(0, mirrored - own.lowerBound))
            return try relit(
                person.wide(Array(chosen[own]), mirrored: ownMirrored), rows: own, of: batch,
                numbers: &numbers)
        }
        let (disturbed, batches) = try augmentation(
            wide, warps: progress < recipe.augmentation.warpUntil, batch: batch, part: distributed.part,
            numbers: &numbers)
        let rows = PeopleRows(of: present, among: people.count, each: own.count)
        let learned = try network.encode(disturbed, rows: rows)
        var code = LatentCode(learned: learned)
        if network.form.takesMeasures {
            code = try applyLatentDropout(
                learned: learned, measured: concatenated(wide.map(\.measured), axis: 0),
                people: present.count, batch: batch, part: distributed.part, numbers: &numbers)
        }
        let drawings = try drawEach(
            code, rows: rows, batch: batch, distributed: distributed, progress: progress, numbers: &numbers)

        var total = try Tensor(repeating: 0, shape: [], device: device)
        if recipe.code.matching > 0 {
            total = try matching(learned, rows, distributed) * recipe.code.matching
        }
        var errors: [Tensor] = []
        for (drawn, batch) in zip(drawings, batches) {
            let (loss, error) = try compared(drawn, batch.truth, mean: distributed.mean)
            total = try total + loss
            errors.append(try error.reshaped(1))
        }
        if present.count < people.count {
            let mean = try concatenated(errors, axis: 0).mean().reshaped(1)
            errors = people.indices.map { index in present.firstIndex(of: index).map { errors[$0] } ?? mean }
        }
        let step = DrawnStep(
            learned: learned, code: code, drawings: drawings, truths: batches.map(\.truth), rows: rows)
        if let words = try auxiliaryLosses.loss(for: step, progress: progress) { total = try total + words }
        return (total, try concatenated(errors, axis: 0), step)
    }

    /// Places of the people whose faces a step sees.
    private func presentPeople(_ numbers: inout RandomNumbers) -> [Int] {
        guard recipe.people > 0, recipe.people < people.count else { return Array(people.indices) }
        var places = Array(people.indices)
        for index in 0..<recipe.people {
            places.swapAt(index, index + Int(numbers.uniform() * Double(places.count - index)))
        }
        return places.prefix(recipe.people).sorted()
    }

    /// Everybody's faces as the network draws them: all at full resolution for networks that draw at once and where an auxiliary loss needs
    /// them, and otherwise some of them in some of the steps.
    private func drawEach(
        _ code: LatentCode, rows: PeopleRows, batch: Int, distributed: DistributedBatch, progress: Double,
        numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        guard coarseLoss != nil, !auxiliaryLosses.lookAtFaces(progress) else {
            return try network.drawEach(code, rows: rows, numbers: &numbers)
        }
        let isDrawn = numbers.uniform() < recipe.refinement.steps
        let chances = people.map { _ in numbers.uniform() }
        let own = distributed.part.rows(batch)
        let some = chances.map { chance in
            guard refines ?? isDrawn else { return [Int]() }
            return recipe.refinement.chosen(of: batch, least: distributed.part.count, chance: chance)
                .filter(own.contains).map { $0 - own.lowerBound }
        }
        return try network.drawEach(code, rows: rows, refining: some, numbers: &numbers)
    }

    /// The loss of one person's faces, and their error inside the mask at the resolution that all of them are drawn at.
    private func compared(
        _ drawn: Drawing, _ truth: TrueFaces, mean: (Tensor) throws -> Tensor
    ) throws -> (loss: Tensor, error: Tensor) {
        guard let coarseLoss, drawn.colours.shape[3] < truth.faces.shape[3] else {
            return try loss(drawn, truth, mean: mean)
        }
        let coarse = try coarseLoss(drawn, truth.halved(), mean: mean)
        guard let refined = drawn.refined else { return coarse }
        let fine = try loss(refined.drawing, truth.some(refined.faces), mean: mean)
        return (try coarse.loss + fine.loss, coarse.error)
    }

    /// The same faces in lights drawn by chance.
    private func relit(
        _ wide: PersonFaces.Wide, rows: Range<Int>, of batch: Int, numbers: inout RandomNumbers
    ) throws -> PersonFaces.Wide {
        guard light.shines else { return wide }
        let lights = try light.draw(batch, rows: rows, numbers: &numbers)
        func crops(_ pictures: Tensor, side: Int) -> Double { Double(pictures.shape[3]) / Double(side) }
        let span = crops(wide.input, side: network.form.inputSide)
        let input = try lights.applied(to: wide.input, extent: 1)
        return PersonFaces.Wide(
            input: input,
            truth: try wide.truth === wide.input
                ? input
                : lights.applied(
                    to: wide.truth, extent: crops(wide.truth, side: network.form.outputSide) / span),
            regions: wide.regions, measured: wide.measured)
    }

    /// Noise on the learned half, and now and then one half taken away, a face at a time.
    private func applyLatentDropout(
        learned: Tensor, measured: Tensor, people: Int, batch: Int, part: BatchPart,
        numbers: inout RandomNumbers
    ) throws -> LatentCode {
        let (width, measures) = (learned.shape[1], measured.shape[1])
        let all = people * batch
        let noise = (0..<all * width).map { _ in Float(numbers.normal() * recipe.code.noise) }
        let shake = (0..<all * measures).map { _ in Float(numbers.normal() * recipe.code.measuredNoise) }
        var (keepLearned, keepMeasured) = ([Float](), [Float]())
        for _ in 0..<all {
            let chance = numbers.uniform()
            keepLearned.append(chance < recipe.code.learnedDropout ? 0 : 1)
            let kept: Float = chance >= 1 - recipe.code.measuredDropout ? 0 : 1
            for _ in 0..<measures {
                keepMeasured.append(numbers.uniform() < recipe.code.measureDropout ? 0 : kept)
            }
        }
        let rows = part.rows(people: people, batch: batch)
        func own(_ values: [Float], _ width: Int) throws -> Tensor {
            let taken = rows.flatMap { values[$0 * width..<($0 + 1) * width] }
            return try Tensor(taken, shape: [rows.count, width], device: device)
        }
        let noisy = try learned + own(noise, width)
        return LatentCode(
            learned: try noisy * own(keepLearned, 1),
            measured: try (measured + own(shake, measures)) * own(keepMeasured, measures))
    }

    /// Squared differences between the first person's means and deviations of the code and each other's: a
    /// code that tells people apart is one that the other's decoder has never seen. Of the joint batch.
    private func matching(_ learned: Tensor, _ rows: PeopleRows, _ distributed: DistributedBatch) throws
        -> Tensor
    {
        func moments(_ part: Tensor) throws -> (mean: Tensor, deviation: Tensor) {
            let count = Double(part.shape[0] * distributed.part.count)
            let mean = try distributed.sum(part.sum(0, keep: true)) / count
            // Squares about a mean do not change with it to first order: over all ranks its gradient is none.
            let centre = try distributed.processGroup == nil ? mean : mean.detached()
            let squares = try distributed.sum((part - centre).squared().sum(0, keep: true))
            return (mean, try (squares / max(1, count - 1) + 1e-8).squareRoot())
        }
        let all = try rows.present.map(\.range).map { try moments(learned.slice($0, axis: 0)) }
        var total = try Tensor(repeating: 0, shape: [], device: device)
        for other in all.dropFirst() {
            total =
                try total + (all[0].mean - other.mean).squared().mean()
                + (all[0].deviation - other.deviation).squared().mean()
        }
        // Each rank's gradient is its own part of the whole; the mean over ranks is to be their sum.
        return try distributed.processGroup == nil ? total : total * Double(distributed.part.count)
    }
}
