import Architectures
import NeuralNetworks
import Safetensors
import Tensors

/// One training step: sampling, augmentation, forward pass, loss, backward pass and parameter update.
///
/// The step does not synchronise with the device; losses are returned as tensors.
final class TrainingStep {
    /// The network, and its wrapper according to the recipe's memory settings.
    private let whole: any SwapNetwork
    private var network: any SwapNetwork
    private let people: [PersonFaces]
    private var recipe: Recipe
    private let seed: UInt64
    private let light: RandomLighting
    private let augmentation: Augmentation
    private let latentDropout: LatentDropout
    private let loss: ReconstructionLoss
    /// Loss at the resolution before refinement; `nil` for networks without a refinement.
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
        light = RandomLighting(recipe.augmentation.light)
        latentDropout = LatentDropout(recipe.code)
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

    /// Whether a step refines faces, for networks with a refinement; `nil` to draw it at random.
    var refines: Bool?
    /// Whether steps that refine faces are more expensive than others.
    var refinesSome: Bool { coarseLoss != nil }
    /// Fraction of the steps that refine faces.
    var refiningShare: Double { recipe.refinement.steps }

    /// Number of microbatches, to save memory; the gradient is that of the whole batch.
    var parts: Int {
        get { recipe.economy.accumulation }
        set {
            recipe.economy.accumulation = newValue
            network = recipe.economy.applied(to: whole, device: device)
        }
    }

    /// - Parameters:
    ///   - iteration: counted from 0; all random numbers depend on it and the seed only.
    ///   - progress: fraction of the run that is done, 0…1.
    ///   - rate: learning rate, if it differs from the recipe's.
    /// - Returns: each person's error inside the mask, `[P]`, at the resolution at which the step draws all
    ///   faces; the mean of the other people's for a person who is not in this step.
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

    /// Runs the forward and backward pass without updating parameters, to measure the peak memory of the
    /// largest step.
    func measurePeakMemory(batch: Int) throws {
        let before = refines
        defer { refines = before }
        refines = true
        let progress = auxiliaryLosses.everLooksAtFaces ? 1.0 : 0
        try loss(iteration: 0, progress: progress, batch: batch, distributed: .alone).total.backward()
        try optimizer.clearGradients()
    }

    /// Gradients of a step without a parameter update, in the order of the parameters.
    func gradients(iteration: Int) throws -> [Tensor?] {
        let total = try loss(iteration: iteration, progress: 0, batch: recipe.batch, distributed: distributed)
            .total
        try distributed.backward(from: total, to: optimizer.parameters, overlaps: !recipe.economy.recomputes)
        defer { try? optimizer.clearGradients() }
        return try optimizer.parameters.map { try $0.gradient()?.copied() }
    }

    /// Draws a batch, runs the forward pass and computes the loss.
    ///
    /// - Parameters:
    ///   - batch: number of faces per person, over all processes.
    ///   - joint: the processes that share the batch. Random numbers are drawn for all of its faces, so that
    ///     they do not depend on the assignment of faces to processes.
    private func loss(
        iteration: Int, progress: Double, batch: Int, distributed: DistributedBatch
    ) throws -> (total: Tensor, errors: Tensor, drawn: DrawnStep) {
        var numbers = RandomNumbers(seed: seed, stream: UInt64(iteration) &* 2 &+ 1)
        var buffer = StepBuffer()
        let draw = draw(
            batch: batch, distributed: distributed, progress: progress, numbers: &numbers, in: &buffer)
        let values = try buffer.uploaded(to: device)
        let wide = try draw.people.map { try relit(people[$0.place].wide($0.faces, values), $0, values) }
        let (disturbed, batches) = try augmentation(wide, draw.augmentation, values)
        let rows = draw.rows
        let learned = try network.encode(disturbed, rows: rows)
        var code = LatentCode(learned: learned)
        if let dropout = draw.dropout {
            code = try latentDropout.applied(
                to: (learned, concatenated(wide.map(\.measured), axis: 0)), dropout, values)
        }
        let drawings =
            if let refined = draw.refined {
                try network.drawEach(code, rows: rows, refining: refined, numbers: &numbers)
            } else {
                try network.drawEach(code, rows: rows, numbers: &numbers)
            }
        let present = draw.people.map(\.place)

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

    /// Indices of the people whose faces a step uses.
    private func presentPeople(_ numbers: inout RandomNumbers) -> [Int] {
        guard recipe.people > 0, recipe.people < people.count else { return Array(people.indices) }
        var places = Array(people.indices)
        for index in 0..<recipe.people {
            places.swapAt(index, index + Int(numbers.uniform() * Double(places.count - index)))
        }
        return places.prefix(recipe.people).sorted()
    }

    /// Random values of a step, drawn before any tensor operation.
    private struct Draw {
        struct Person {
            let place: Int
            let faces: PersonFaces.Selection
            let lighting: StepBuffer.Slot?
        }

        let people: [Person]
        let rows: PeopleRows
        let augmentation: Augmentation.Draw
        let dropout: LatentDropout.Draw?
        /// Each person's faces that are refined; `nil` if every face is drawn at full resolution.
        let refined: [[Int]]?
    }

    /// Draws all random values of a step, for all faces of the batch: each face gets the same values,
    /// independent of the process that handles it.
    private func draw(
        batch: Int, distributed: DistributedBatch, progress: Double, numbers: inout RandomNumbers,
        in buffer: inout StepBuffer
    ) -> Draw {
        let own = distributed.part.rows(batch)
        let present = presentPeople(&numbers).map { place in
            let chosen = people[place].draw(batch, numbers: &numbers)
            let share = recipe.augmentation.mirrored[place]
            let mirrored = chosen.filter { _ in numbers.uniform() < share }.count
            let faces = people[place].select(
                Array(chosen[own]), mirrored: min(own.count, max(0, mirrored - own.lowerBound)), in: &buffer)
            return Draw.Person(
                place: place, faces: faces,
                lighting: light.shines
                    ? light.draw(batch, rows: own, numbers: &numbers, in: &buffer) : nil)
        }
        let augmentation = augmentation.draw(
            present.map(\.faces.count), outer: people[present[0].place].outerSides,
            warps: progress < recipe.augmentation.warpUntil, batch: batch, part: distributed.part,
            numbers: &numbers, in: &buffer)
        let dropout = network.form.learnedCode.map { learned in
            latentDropout.draw(
                (learned, people[0].measureCount),
                rows: distributed.part.rows(people: present.count, batch: batch),
                of: present.count * batch, numbers: &numbers, in: &buffer)
        }
        return Draw(
            people: present,
            rows: PeopleRows(of: present.map(\.place), among: people.count, each: own.count),
            augmentation: augmentation, dropout: dropout,
            refined: refinedFaces(own: own, of: batch, distributed.part, progress, numbers: &numbers))
    }

    /// Each person's faces that are refined in a step, for networks that refine some of them in some of the steps; `nil`
    /// where all faces are drawn at full resolution, by the network or because an auxiliary loss needs them.
    private func refinedFaces(
        own: Range<Int>, of batch: Int, _ part: BatchPart, _ progress: Double, numbers: inout RandomNumbers
    ) -> [[Int]]? {
        guard coarseLoss != nil, !auxiliaryLosses.lookAtFaces(progress) else { return nil }
        let isDrawn = numbers.uniform() < recipe.refinement.steps
        let chances = people.map { _ in numbers.uniform() }
        return chances.map { chance in
            guard refines ?? isDrawn else { return [] }
            return recipe.refinement.chosen(of: batch, least: part.count, chance: chance)
                .filter(own.contains).map { $0 - own.lowerBound }
        }
    }

    /// Loss of one person's faces, and their error inside the mask at the resolution at which all of them are
    /// drawn.
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

    /// The same faces in random lighting.
    private func relit(
        _ wide: PersonFaces.Wide, _ person: Draw.Person, _ buffer: StepBuffer.Uploaded
    ) throws -> PersonFaces.Wide {
        guard let lighting = person.lighting else { return wide }
        let lights = try light.batch(lighting, buffer)
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

    /// Squared differences between the first person's means and standard deviations of the latent code and
    /// each other person's, over the distributed batch. A latent code that encodes identity is outside the
    /// training distribution of the other person's decoder.
    private func matching(_ learned: Tensor, _ rows: PeopleRows, _ distributed: DistributedBatch) throws
        -> Tensor
    {
        func moments(_ part: Tensor) throws -> (mean: Tensor, deviation: Tensor) {
            let count = Double(part.shape[0] * distributed.part.count)
            let mean = try distributed.sum(part.sum(0, keep: true)) / count
            // The sum of squared deviations does not depend on the mean to first order: over all ranks the
            // mean's gradient is 0.
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
        // Each rank's gradient is its part of the whole; the exchange averages over ranks, but the sum is
        // needed.
        return try distributed.processGroup == nil ? total : total * Double(distributed.part.count)
    }
}
