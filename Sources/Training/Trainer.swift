import Architectures
import Faces
import Foundation
import NeuralNetworks
import Tensors
import Workspace

/// Trains a model on two face sets, from the beginning or from where an earlier run was.
///
/// Everything on the engine happens on the calling thread; figures, previews and files leave it.
package final class Trainer {
    package static let fewestFaces = 20
    /// Steps that fill caches, and those after them whose pace is told.
    private static let warmUp = 3
    private static let measured = 5

    let options: Options
    let files: CheckpointFiles
    let progress: ProgressHandler
    private let preview: (TrainingPreview) throws -> Void

    private let people: [PersonFaces]
    private let network: any SwapNetwork
    let store: ParameterStore
    /// What previews and swaps are drawn with; the network itself where nothing is averaged.
    private let averaged: any SwapNetwork
    let averagedStore: ParameterStore
    let optimizer: Optimizer
    let step: TrainingStep
    private let examiner: Examiner
    var card: ModelCard
    /// Iterations that the checkpoint had; nil for a training from the beginning.
    private let earlierIterations: Int?
    private var judging = Judging()
    private var heldOutSimilarity = Double.nan
    /// What the checkpoint of the newest snapshot had been trained.
    var snapshotSeconds: Double?
    /// Where the training went back last, and how often about there.
    var (returned, returns): (Int?, Int) = (nil, 0)
    private var allReturns = 0
    /// What memory batches take, once it was measured.
    lazy var plan = MemoryPlan(saved: savedGradients())
    /// What happens after a step, for tests: the place to plant what breaks a training.
    var afterStep: (_ iteration: Int, _ store: ParameterStore) throws -> Void = { _, _ in }
    /// What it learns of itself. Set `diary.record` and `diary.recall` earlier runs before `run`.
    package var diary = TrainingDiary()

    /// - Parameters:
    ///   - sets: the source's faces, then the target's.
    ///   - folder: where checkpoints and the model go.
    ///   - preview: takes the preview sheets; the caller writes them.
    package init(
        sets: [PackedSet], folder: URL, options: Options, progress: @escaping ProgressHandler,
        preview: @escaping (TrainingPreview) throws -> Void
    ) throws {
        self.options = options
        self.progress = progress
        self.preview = preview
        for set in sets where set.count < Self.fewestFaces {
            throw TrainingError(
                .tooFewFaces,
                "The set '\(set.name)' has \(set.count) faces and training needs \(Self.fewestFaces) or more: "
                    + "extract longer clips of this person")
        }
        if let ranks = options.ranks, !options.recipe.batch.isMultiple(of: ranks.count) {
            throw TrainingError(
                .mismatch,
                "A batch of \(options.recipe.batch) does not go evenly into \(ranks.count) processes: take another --batch"
            )
        }
        try Workspace.makeFolder(folder)
        files = CheckpointFiles(folder: folder, keeping: options.keeping)
        let earlier = try files.newest()
        let design = earlier?.card.design ?? options.network
        let form = design.form(people: sets.map(\.name))
        // Each set may take its share by its faces, so that none crowds another out.
        let memory = try options.setMemory ?? SetMemory.limit(on: options.device)
        let faces = sets.reduce(0) { $0 + $1.count }
        people = try sets.map {
            try PersonFaces(
                $0, form: form, sampling: options.recipe.sampling, balance: options.recipe.balance,
                keepsMargin: options.recipe.augmentation.needsMargin, memory: memory / faces * $0.count,
                device: options.device)
        }
        if let earlier {
            try Self.check(earlier.card, fits: people.map(\.card))
            card = earlier.card
            (network, store) = try earlier.network("model", device: options.device)
        } else {
            card = ModelCard(
                architecture: options.architecture, design: design, crop: sets[0].crop.rawValue,
                measures: FaceMeasures.names, people: people.map(\.card), seed: options.seed)
            let starts = options.startsFromFaces ? try Self.starts(of: people, for: design) : [:]
            (network, store) = try options.newNetwork { scope in
                try design.network(scope, people: form.people, starts: starts)
            }
        }
        if options.recipe.averaging <= 0 {
            (averaged, averagedStore) = (network, store)
        } else if let earlier, earlier.holds("average") {
            (averaged, averagedStore) = try earlier.network("average", device: options.device)
        } else {
            averagedStore = ParameterStore(copying: store)
            averaged = try design.network(Scope(averagedStore), people: form.people)
        }
        if try Recipe.stored(in: card, over: options.recipe).rate != options.recipe.rate { card.slowed = nil }
        card.recipe = try SettingsDocument.json(of: options.recipe)
        snapshotSeconds = files.snapshots.first.flatMap { try? ModelFile($0).card.seconds }
        try store.requireGradients(frozen: options.recipe.frozen)
        if options.device == .cpu {
            // The optimizer's two moments and, where all are held at once, gradients; in float32.
            let arrays = options.recipe.movesAtOnce(on: options.device) ? 2 : 3
            try Forecast.check(further: store.count * 4 * arrays, available: MainMemory.available)
        }
        optimizer = try Optimizer(
            options.recipe.optimizer, of: store, seed: card.seed, resuming: earlier?.file)
        let identity =
            options.recipe.loss.judgesIdentity
            ? try options.identityJudge?(sets[0].crop, options.device) : nil
        step = try TrainingStep(
            network: network, people: people, recipe: options.recipe, seed: card.seed, optimizer: optimizer,
            average: averagedStore === store
                ? nil : MovingAverage(of: store, in: averagedStore, decay: options.recipe.averaging),
            identity: identity, resuming: earlier?.file, joint: JointBatch(options.ranks),
            device: options.device)
        examiner = try Examiner(
            network: averaged, people: people, device: options.device)
        earlier?.file.releasePages()
        earlierIterations = earlier?.card.iterations
        if earlier != nil, let best = files.bestCard, best.people == card.people, best.design == card.design {
            diary.recall(
                best: best.merit.map {
                    .init(iterations: best.iterations, seconds: best.seconds, score: $0.score)
                })
        }
    }

    /// Has swaps of held-out faces judged at each preview.
    package func judge(_ make: @escaping SwapJudgeMaker) { judging.make = make }

    /// The run that `run` will be, for the history.
    package func record() throws -> TrainingRun { try record(resumedFrom: earlierIterations) }

    func record(resumedFrom iterations: Int?) throws -> TrainingRun {
        TrainingRun(
            architecture: card.architecture, people: card.people.map(\.name), seed: card.seed,
            recipe: try SettingsDocument.json(of: options.recipe),
            device: options.device.description, resumedFrom: iterations)
    }

    /// What fresh decoders know of their people, for networks that begin with it.
    private static func starts(
        of people: [PersonFaces], for design: NetworkDesign
    ) throws -> [String: DecoderStart] {
        guard let channels = design.startingPatches else { return [:] }
        return try Dictionary(
            people.map { ($0.card.name, try $0.decoderStart(channels: channels)) }
        ) { first, _ in first }
    }

    /// Trains until the rule says stop. When the task is cancelled the model is saved and `CancellationError`
    /// thrown.
    package func run() throws -> Summary {
        report(
            "training \(card.people.map(\.name).joined(separator: " and ")) with \(store.count) parameters")
        for notice in people.compactMap(\.notice) { report(notice) }
        // What to go back to, and whether the disk has room, before hours are spent.
        try options.ranks?.requireEqual(start(), "where the training stands and what its parameters are")
        if earlierIterations == nil, isFirst { try files.save(content) }
        if let bytes = try planMemory(), options.device == .cpu {
            progress(
                ProgressEvent(
                    stage: "train", message: "a step will need \(Forecast.bytes(bytes)) of memory",
                    values: ["memory_bytes": Double(bytes)]))
        }
        let before = card.seconds
        do { try train() } catch let error as TrainingError where error.code == .ranksLost {
            throw try saved(after: error)
        }
        let trained = card.seconds - before
        try examine(trained: trained, isLast: true)
        try save()
        endByFile()
        return Summary(
            iterations: card.iterations, seconds: card.seconds, heldOutError: card.heldOutError ?? .nan,
            heldOutSimilarity: heldOutSimilarity,
            resumedFrom: earlierIterations ?? 0, model: files.model, trend: diary.trend, best: diary.best,
            remark: diary.remark(seconds: card.seconds), returns: allReturns,
            judgingShare: trained > 0 ? judging.spent / trained : 0)
    }

    /// Steps, and between them what is due: figures, looks, checkpoints.
    private func train() throws {
        let (clock, before, first) = (ContinuousClock(), card.seconds, card.iterations)
        let begin = clock.now
        var (lastCheckpoint, lastPreview, warm) = (begin, begin, begin)
        let reports = StepReports(stop: options.stop, progress: progress, ranks: options.ranks)
        while true {
            card.seconds = before + (clock.now - begin).seconds
            var orders = StepOrders(isCancelled: Task.isCancelled, isDone: isReached)
            if card.iterations > first {
                orders.looks = (clock.now - lastPreview).seconds >= options.previewEvery
                orders.saves = (clock.now - lastCheckpoint).seconds >= options.checkpointEvery
                orders.reports = reports.isDue
            }
            orders.progress = options.stop.progress(iterations: card.iterations, seconds: card.seconds)
            if let ranks = options.ranks { orders = try orders.agreed(among: ranks) }
            if orders.looksBack, try !isSound(reports, toKeep: orders.keeps) { continue }
            if orders.isCancelled {
                try save()
                throw CancellationError()
            }
            if orders.reports { try witnessed { try reports.report(card, rate: rate, to: &diary) } }
            if orders.looks {
                let looking = clock.now
                try examine(trained: card.seconds - before)
                lastPreview = clock.now
                reports.leaveOut(seconds: (lastPreview - looking).seconds)
            }
            if orders.saves, !reports.isSuspicious {
                try checkpoint()
                lastCheckpoint = clock.now
            }
            if orders.isDone { return }
            guard let errors = try move(orders.progress, reports) else { continue }
            if card.iterations == first + Self.warmUp { warm = clock.now }
            if card.iterations == first + Self.warmUp + Self.measured {
                _ = try errors.values(as: Float.self)
                foretell(steps: Self.measured, seconds: (clock.now - warm).seconds)
            }
        }
    }

    /// Whether the rule says stop, or somebody who has left a file.
    private var isReached: Bool {
        if let file = options.stopFile, isFirst, FileManager.default.fileExists(atPath: file.path) {
            return true
        }
        return options.stop.isReached(
            iterations: card.iterations, seconds: card.seconds, error: card.heldOutError,
            settled: diary.isSettled)
    }

    /// Takes the file away that has ended the training, so that it can be gone on with.
    private func endByFile() {
        guard let file = options.stopFile, isFirst, unlink(file.path) == 0 else { return }
        report("ended by the file \(file.path), which is removed")
    }

    /// Makes one step. Gives each person's error, nil where the memory ran out.
    private func move(_ share: Double, _ reports: StepReports) throws -> Tensor? {
        let errors: Tensor
        do {
            errors = try step(
                iteration: card.iterations, progress: share,
                rate: rate.rate(step: card.iterations, progress: share))
            try afterStep(card.iterations, store)
        } catch let error as TensorError where error.code == .outOfMemory {
            try makeDo(after: error)
            reports.forget()
            return nil
        }
        reports.add(errors)
        card.iterations += 1
        return errors
    }

    /// Looks at the errors of the last steps, and at all numbers where they are to be kept. Where something is wrong the
    /// training goes back.
    private func isSound(_ reports: StepReports, toKeep isKept: Bool) throws -> Bool {
        var finding = try reports.inspect(iterations: card.iterations)
        if finding == nil, isKept {
            let isBad = try !content.isSound()
            if try options.ranks?.any(isBad) ?? isBad {
                finding = .noNumber(since: max(0, card.iterations - 1))
            }
        }
        guard let finding else { return true }
        try goBack(because: finding)
        allReturns += 1
        reports.forget()
        return false
    }

    /// Does what others watch a training by. Where that fails, what was trained is saved first.
    private func witnessed(_ body: () throws -> Void) throws {
        do { try body() } catch {
            try? checkpoint()
            throw error
        }
    }

    /// Looks at the model: its error, its swaps, whether it is the best so far, and a preview for people.
    private func examine(trained: Double, isLast: Bool = false) throws {
        guard isFirst else { return }
        let heldOut = try examiner.heldOut()
        (card.heldOutError, heldOutSimilarity) = (heldOut.error, heldOut.similarity)
        let swaps = try judging.figures(
            examiner, crop: CropKind(rawValue: card.crop) ?? .full, seconds: trained, isLast: isLast)
        if let merit = try diary.look(card, heldOut: heldOut, swaps: swaps) {
            var card = card
            card.merit = merit
            try files.saveModel(card, averagedStore, to: files.best)
        }
        var shown = try examiner.preview(iteration: card.iterations)
        shown.remark = diary.remark(seconds: card.seconds)
        try witnessed { try preview(shown) }
        if !isLast, let news = diary.news(seconds: card.seconds) { report(news) }
    }

    /// Says what the training will take, from its own first steps.
    private func foretell(steps: Int, seconds: Double) {
        let forecast = Forecast(
            stepsPerSecond: Double(steps) / max(1e-9, seconds), memory: MainMemory.heldAtMost ?? 0)
        report(forecast.sentence(options.stop, done: (card.iterations, card.seconds)))
    }

    func report(_ message: String) {
        progress(
            ProgressEvent(stage: "train", message: message, values: ["iteration": Double(card.iterations)]))
    }

    /// The card of the model that a run in this folder would go on with; nil where it would begin anew.
    package static func card(in folder: URL) throws -> ModelCard? {
        try CheckpointFiles(folder: folder).newest()?.card
    }

    /// A checkpoint of other people, or of other faces of them, is not to be trained on.
    private static func check(_ card: ModelCard, fits people: [ModelCard.Person]) throws {
        guard card.measures == FaceMeasures.names, card.people == people else {
            throw TrainingError(
                .mismatch,
                "The model in this workspace was trained on other faces (\(card.people.map(\.name).joined(separator: ", "))): "
                    + "use another --workspace, or remove its model folder to begin anew")
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
