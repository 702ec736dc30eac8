import Architectures
import Concurrency
import Faces
import Foundation
import NeuralNetworks
import Tensors
import Workspace

/// Trains a model on face sets, from scratch or from a checkpoint.
///
/// All engine calls happen on the calling thread; only values, previews and files leave it.
package final class Trainer {
    package static let fewestFaces = 20

    let options: Options
    let files: CheckpointFiles
    let progress: ProgressHandler
    let preview: (TrainingPreview) throws -> Void

    let people: [PersonFaces]
    private let network: any SwapNetwork
    let store: ParameterStore
    /// The averaged network, used for previews and swaps; the network itself if averaging is off.
    private let averaged: any SwapNetwork
    let averagedStore: ParameterStore
    let optimizer: Optimizer
    let step: TrainingStep
    let validator: Validator
    var card: ModelCard
    /// Iterations of the checkpoint; `nil` if training starts from scratch.
    let earlierIterations: Int?
    /// Warning that a newer checkpoint was damaged and skipped.
    private let checkpointNotice: String?
    var judging = SwapValidation()
    var heldOutSimilarity: Double?
    /// Metrics of the published model on the test faces; empty if there are too few, and before the end.
    var tested: [TrainingFigure: Double] = [:]
    /// Training time at the newest snapshot.
    var snapshotSeconds: Double?
    /// Iteration of the last rollback, and number of rollbacks near it.
    var (returned, returns): (Int?, Int) = (nil, 0)
    var allReturns = 0
    /// Memory by batch size, once measured.
    lazy var plan = MemoryPlan(saved: savedGradients())
    /// Hook after each step, for fault injection in tests.
    var afterStep: (_ iteration: Int, _ store: ParameterStore) throws -> Void = { _, _ in }
    /// Metrics of the run. Set `diary.record` and `diary.recall` earlier runs before `run`.
    package var metrics = TrainingMetrics()

    /// - Parameters:
    ///   - sets: the source's faces, then the target's.
    ///   - folder: folder of checkpoints and the model.
    ///   - preview: receives the preview sheets; the caller writes them.
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
        // Each set gets a share in proportion to its number of faces.
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
            // The optimizer's two moments and, if all are held at once, the gradients; in float32.
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

    /// Enables swap metrics of validation faces at each preview.
    package func judge(_ make: @escaping SwapMetricsFactory) { judging.make = make }

    /// The history entry of the run that `run` starts.
    package func record() throws -> TrainingRun { try record(resumedFrom: earlierIterations) }

    func record(resumedFrom iterations: Int?) throws -> TrainingRun {
        TrainingRun(
            architecture: card.architecture, people: card.people.map(\.name), seed: card.seed,
            recipe: try SettingsDocument.json(of: options.recipe),
            device: options.device.description, resumedFrom: iterations)
    }

    /// Trains until the stopping rule is met. If the task is cancelled, the model is saved and
    /// `CancellationError` is thrown.
    package func run() throws -> Summary {
        report(
            "training \(card.people.map(\.name).joined(separator: " and ")) with \(store.count) parameters")
        for notice in people.flatMap(\.notices) { report(notice) }
        if let checkpointNotice { report(checkpointNotice) }
        try reportUnmeasured()
        // Ensures that a checkpoint exists and the disk has space before training starts.
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
        // The last validation comes after all training steps.
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

    /// Card of the model that a run in this folder would resume; `nil` if it would start from scratch.
    package static func card(in folder: URL) throws -> ModelCard? {
        try CheckpointFiles(folder: folder).newest()?.card
    }
}
