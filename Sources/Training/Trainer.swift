import Architectures
import Concurrency
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

    let options: Options
    let files: CheckpointFiles
    let progress: ProgressHandler
    let preview: (TrainingPreview) throws -> Void

    let people: [PersonFaces]
    private let network: any SwapNetwork
    let store: ParameterStore
    /// What previews and swaps are drawn with; the network itself where nothing is averaged.
    private let averaged: any SwapNetwork
    let averagedStore: ParameterStore
    let optimizer: Optimizer
    let step: TrainingStep
    let validator: Validator
    var card: ModelCard
    /// Iterations that the checkpoint had; nil for a training from the beginning.
    let earlierIterations: Int?
    /// That it was not the newest checkpoint, where a newer one is damaged.
    private let checkpointNotice: String?
    var judging = SwapValidation()
    var heldOutSimilarity: Double?
    /// Figures of the published model on the test faces; empty where there are too few, and before the end.
    var tested: [TrainingFigure: Double] = [:]
    /// What the checkpoint of the newest snapshot had been trained.
    var snapshotSeconds: Double?
    /// Where the training went back last, and how often about there.
    var (returned, returns): (Int?, Int) = (nil, 0)
    var allReturns = 0
    /// What memory batches take, once it was measured.
    lazy var plan = MemoryPlan(saved: savedGradients())
    /// What happens after a step, for tests: the place to plant what breaks a training.
    var afterStep: (_ iteration: Int, _ store: ParameterStore) throws -> Void = { _, _ in }
    /// What it learns of itself. Set `diary.record` and `diary.recall` earlier runs before `run`.
    package var metrics = TrainingMetrics()

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
        if let processGroup = options.processGroup, !options.recipe.batch.isMultiple(of: processGroup.count) {
            throw TrainingError(
                .mismatch,
                "A batch of \(options.recipe.batch) does not go evenly into \(processGroup.count) processes: take another --batch"
            )
        }
        try Workspace.makeFolder(folder)
        files = CheckpointFiles(folder: folder, keeping: options.keeping)
        let found = try files.newest()
        let earlier = found?.file
        checkpointNotice = found?.notice
        let design = earlier?.card.design ?? options.network
        let form = design.form(people: sets.map(\.name))
        // Each set may take its share by its faces, so that none crowds another out.
        let memory = try options.setMemory ?? SetMemory.limit(on: options.device)
        let faces = sets.reduce(0) { $0 + $1.count }
        people = try sets.map {
            try PersonFaces(
                $0, form: form, measures: earlier?.card.measures ?? FaceMeasures.names,
                origin: earlier?.card.origin ?? .neutral, sampling: options.recipe.sampling,
                balance: options.recipe.balance,
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
            (network, store) = try options.newNetwork(of: form.people) { scope in
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
            identity: identity, resuming: earlier?.file, distributed: DistributedBatch(options.processGroup),
            device: options.device)
        validator = try Validator(
            network: averaged, people: people, regions: card.design.regions(of: card.measures.count),
            device: options.device)
        earlier?.file.releasePages()
        earlierIterations = earlier?.card.iterations
        if earlier != nil, let best = try files.bestCard(), best.people.areAlmost(card.people),
            best.design == card.design, best.merit?.reason == TrainingMetrics.reason
        {
            metrics.recall(
                best: best.merit.map {
                    .init(iterations: best.iterations, seconds: best.seconds, score: $0.score)
                })
        }
    }

    /// Has swaps of held-out faces judged at each preview.
    package func judge(_ make: @escaping SwapMetricsFactory) { judging.make = make }

    /// The run that `run` will be, for the history.
    package func record() throws -> TrainingRun { try record(resumedFrom: earlierIterations) }

    func record(resumedFrom iterations: Int?) throws -> TrainingRun {
        TrainingRun(
            architecture: card.architecture, people: card.people.map(\.name), seed: card.seed,
            recipe: try SettingsDocument.json(of: options.recipe),
            device: options.device.description, resumedFrom: iterations)
    }

    /// Trains until the rule says stop. When the task is cancelled the model is saved and `CancellationError`
    /// thrown.
    package func run() throws -> Summary {
        report(
            "training \(card.people.map(\.name).joined(separator: " and ")) with \(store.count) parameters")
        for notice in people.flatMap(\.notices) { report(notice) }
        if let checkpointNotice { report(checkpointNotice) }
        try reportUnmeasured()
        // What to go back to, and whether the disk has room, before hours are spent.
        try options.processGroup?.requireEqual(
            start(), "where the training stands and what its parameters are")
        if earlierIterations == nil, isFirst { try files.save(content) }
        if let bytes = try planMemory(), options.device == .cpu {
            progress(
                ProgressEvent(
                    stage: "train", message: "a step will need \(Forecast.bytes(bytes)) of memory",
                    values: ["memory_bytes": Double(bytes)]))
        }
        let (before, begun) = (card.seconds, ContinuousClock.now)
        do { try train() } catch let error as TrainingError where error.code == .ranksLost {
            throw try saved(after: error)
        }
        let trained = card.seconds - before
        try witnessed { try examine(trained: trained, isLast: true) }
        // The last look comes after what the model has been trained.
        let seconds = begun.secondsElapsed
        try save(auxiliaryLosses: trained >= SwapValidation.worthALook)
        endByFile()
        return Summary(
            iterations: card.iterations, seconds: card.seconds, heldOutError: card.heldOutError,
            heldOutSimilarity: heldOutSimilarity, test: tested,
            resumedFrom: earlierIterations ?? 0, model: files.model, trend: metrics.trend, best: metrics.best,
            remark: metrics.remark(seconds: card.seconds), returns: allReturns,
            judgingShare: judging.spent / max(1e-9, seconds))
    }

    /// The card of the model that a run in this folder would go on with; nil where it would begin anew.
    package static func card(in folder: URL) throws -> ModelCard? {
        try CheckpointFiles(folder: folder).newest()?.card
    }
}
