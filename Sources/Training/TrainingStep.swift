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
    private let light: RandomLight
    private let augmentation: Augmentation
    private let loss: SwapLoss
    let judges: Judges
    private let optimizer: Optimizer
    private let average: MovingAverage?
    private let device: Device

    init(
        network: any SwapNetwork, people: [PersonFaces], recipe: Recipe, seed: UInt64,
        optimizer: Optimizer,
        average: MovingAverage?, identity: (any IdentityJudge)? = nil, resuming file: SafetensorsFile? = nil,
        device: Device
    ) throws {
        whole = network
        self.network = recipe.economy.applied(to: network, device: device)
        self.people = people
        self.recipe = recipe
        self.seed = seed
        self.optimizer = optimizer
        self.average = average
        self.device = device
        light = RandomLight(recipe.augmentation.light, device: device)
        augmentation = try Augmentation(
            recipe.augmentation, form: network.form, device: device)
        loss = try SwapLoss(
            recipe.loss, resolution: network.form.outputSide, identity: identity, device: device)
        judges = try Judges(
            recipe, network: network, source: { try people[Examiner.source].lookingAround() },
            identity: identity, seed: seed, resuming: file, device: device)
    }

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
    /// - Returns: each person's error inside the mask, `[P]`.
    func callAsFunction(iteration: Int, progress: Double, rate: Double? = nil) throws -> Tensor {
        let (total, errors, drawn) = try loss(iteration: iteration, progress: progress, batch: recipe.batch)
        let rate = rate ?? recipe.rate.rate(step: iteration, progress: progress)
        if recipe.movesAtOnce(on: device) {
            try optimizer.step(along: total, rate: rate)
        } else {
            try total.backward()
            try optimizer.step(rate: rate, clip: recipe.clip)
        }
        try average?.update(step: iteration)
        try judges.learn(from: drawn, progress: progress)
        return errors
    }

    /// Goes the way to the loss of some faces and back, and moves nothing: to see what memory that takes.
    func rehearse(batch: Int) throws {
        try loss(iteration: 0, progress: 0, batch: batch).total.backward()
        try optimizer.clearGradients()
    }

    /// Draws faces and what the network makes of them, and compares.
    private func loss(
        iteration: Int, progress: Double, batch: Int
    ) throws -> (total: Tensor, errors: Tensor, drawn: DrawnStep) {
        var numbers = RandomNumbers(seed: seed, stream: UInt64(iteration) &* 2 &+ 1)
        let wide = try people.enumerated().map { place, person in
            let chosen = person.draw(batch, numbers: &numbers)
            let share = recipe.augmentation.mirrored[place]
            let mirrored = chosen.filter { _ in numbers.uniform() < share }.count
            return try lit(person.wide(chosen, mirrored: mirrored), numbers: &numbers)
        }
        let (disturbed, batches) = try augmentation(
            wide, warps: progress < recipe.augmentation.warpUntil, numbers: &numbers)
        let rows = PeopleRows(people: people.count, each: batch)
        let learned = try network.encode(disturbed, rows: rows)
        var code = FaceCode(learned: learned)
        if network.form.takesMeasures {
            code = try hidden(
                learned: learned, measured: concatenated(wide.map(\.measured), axis: 0), numbers: &numbers)
        }
        let drawings = try network.drawEach(code, rows: rows, numbers: &numbers)

        var total = try Tensor(repeating: 0, shape: [], device: device)
        if recipe.code.matching > 0 { total = try matching(learned, rows) * recipe.code.matching }
        var errors: [Tensor] = []
        for (drawn, batch) in zip(drawings, batches) {
            let (loss, error) = try loss(drawn, batch.truth)
            total = try total + loss
            errors.append(try error.reshaped(1))
        }
        let step = DrawnStep(
            learned: learned, code: code, drawings: drawings, truths: batches.map(\.truth), rows: rows)
        if let words = try judges.words(on: step, progress: progress) { total = try total + words }
        return (total, try concatenated(errors, axis: 0), step)
    }

    /// The same faces in lights drawn by chance.
    private func lit(_ wide: PersonFaces.Wide, numbers: inout RandomNumbers) throws -> PersonFaces.Wide {
        guard light.shines else { return wide }
        let lights = try light.draw(wide.input.shape[0], numbers: &numbers)
        func crops(_ pictures: Tensor, side: Int) -> Double { Double(pictures.shape[3]) / Double(side) }
        let span = crops(wide.input, side: network.form.inputSide)
        let input = try lights.shone(on: wide.input, extent: 1)
        return PersonFaces.Wide(
            input: input,
            truth: try wide.truth === wide.input
                ? input
                : lights.shone(
                    on: wide.truth, extent: crops(wide.truth, side: network.form.outputSide) / span),
            regions: wide.regions, measured: wide.measured)
    }

    /// Noise on the learned half, and now and then one half taken away, a face at a time.
    private func hidden(
        learned: Tensor, measured: Tensor, numbers: inout RandomNumbers
    ) throws -> FaceCode {
        let (count, width) = (learned.shape[0], learned.shape[1])
        let measures = measured.shape[1]
        let noise = (0..<count * width).map { _ in Float(numbers.normal() * recipe.code.noise) }
        let shake = (0..<count * measures).map { _ in Float(numbers.normal() * recipe.code.measuredNoise) }
        var (keepLearned, keepMeasured) = ([Float](), [Float]())
        for _ in 0..<count {
            let chance = numbers.uniform()
            keepLearned.append(chance < recipe.code.learnedDropout ? 0 : 1)
            let kept: Float = chance >= 1 - recipe.code.measuredDropout ? 0 : 1
            for _ in 0..<measures {
                keepMeasured.append(numbers.uniform() < recipe.code.measureDropout ? 0 : kept)
            }
        }
        let noisy = try learned + Tensor(noise, shape: [count, width], device: device)
        return FaceCode(
            learned: try noisy * Tensor(keepLearned, shape: [count, 1], device: device),
            measured: try (measured + Tensor(shake, shape: [count, measures], device: device))
                * Tensor(keepMeasured, shape: [count, measures], device: device))
    }

    /// Squared differences between the first person's means and deviations of the code and each other's: a
    /// code that tells people apart is one that the other's decoder has never seen.
    private func matching(_ learned: Tensor, _ rows: PeopleRows) throws -> Tensor {
        let parts = try rows.ranges.map { try learned.slice($0, axis: 0) }
        func moments(_ part: Tensor) throws -> (mean: Tensor, deviation: Tensor) {
            let mean = try part.mean(0, keep: true)
            let variance = try (part - mean).squared().sum(0, keep: true) / Double(max(1, part.shape[0] - 1))
            return (mean, try (variance + 1e-8).squareRoot())
        }
        let first = try moments(parts[0])
        var total = try Tensor(repeating: 0, shape: [], device: device)
        for part in parts.dropFirst() {
            let other = try moments(part)
            total =
                try total + (first.mean - other.mean).squared().mean()
                + (first.deviation - other.deviation).squared().mean()
        }
        return total
    }
}
