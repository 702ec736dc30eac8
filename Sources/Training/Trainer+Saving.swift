import Architectures
import NeuralNetworks
import Tensors
import Workspace

/// Writing checkpoints, and rolling back to one.
extension Trainer {
    /// Maximum number of rollbacks without 1000 iterations of progress.
    static let mostReturns = 5
    static let awayFromReturns = 1000
    /// Factor on the learning rate for each rollback.
    static let slowing = 0.5

    /// Learning rates in use: the recipe's, reduced after each rollback.
    var rate: LearningRate {
        var rate = options.recipe.rate
        rate.peak *= card.slowed ?? 1
        return rate
    }

    /// Training state that is saved in a checkpoint.
    var content: CheckpointContent {
        CheckpointContent(
            card: card, network: store, average: averagedStore === store ? nil : averagedStore,
            optimizer: optimizer, auxiliaryLosses: step.auxiliaryLosses)
    }

    /// Whether this process writes files (rank 0).
    var isFirst: Bool { options.processGroup?.isFirst ?? true }

    /// Values that must agree on all ranks before training starts.
    func start() throws -> [Double] {
        let sums = try withoutGradient {
            try concatenated(
                store.tensors.map { try $0.to(.float64, device: .cpu).sum().reshaped(1) }, axis: 0
            )
            .values(as: Double.self)
        }
        return [Double(card.iterations), sums.reduce(0, +), Double(options.recipe.batch), card.slowed ?? 1]
    }

    /// Error to report when training ends because of other processes, after a checkpoint is written: an
    /// incomplete step has not changed any parameter.
    func saved(after error: TrainingError) throws -> TrainingError {
        try optimizer.clearGradients()
        guard isFirst, try content.isSound() else { return error }
        try checkpoint()
        return TrainingError(
            .ranksLost,
            "\(error.message); the checkpoint of iteration \(card.iterations) is written, and the same command goes on from it"
        )
    }

    /// Writes a checkpoint, and periodically keeps it as a snapshot.
    func checkpoint() throws {
        guard isFirst else { return }
        try noteCodes()
        try files.save(content)
        let keeping = options.keeping
        guard keeping.snapshotEvery > 0, card.seconds - (snapshotSeconds ?? 0) >= keeping.snapshotEvery else {
            return
        }
        try files.takeSnapshot(iterations: card.iterations)
        snapshotSeconds = card.seconds
    }

    /// Updates the statistics of each person's latent codes in the model card.
    func noteCodes() throws {
        guard let codes = try validator.codes() else { return }
        for (place, codes) in codes.enumerated() {
            card.people[place].codes = codes.isSound(length: codes.mean.count) ? codes : nil
        }
    }

    /// Writes a checkpoint and the model for swapping, whose card contains its metrics on the test faces.
    ///
    /// - Parameter judges: whether swap metrics of the test faces are included.
    func save(auxiliaryLosses: Bool = false) throws {
        guard isFirst else { return }
        try checkpoint()
        var (card, store, validator) = (card, averagedStore, validator)
        if options.choice == .best, metrics.best != nil {
            let best = try ModelFile(files.best)
            let network: any SwapNetwork
            (network, store) = try best.network("average", device: options.device)
            (card, validator) = (
                best.card,
                try Validator(
                    network: network, people: people,
                    regions: best.card.design.regions(of: best.card.measures.count), device: options.device)
            )
        }
        tested = try report(swaps: auxiliaryLosses, of: validator)
        card.test =
            tested.isEmpty
            ? nil : Dictionary(uniqueKeysWithValues: tested.map { ($0.key.rawValue, $0.value) })
        try files.saveModel(card, store, to: files.model)
        guard !tested.isEmpty else { return }
        try metrics.record(
            TrainingPoint(iteration: self.card.iterations, seconds: self.card.seconds, figures: tested))
    }

    /// Rolls back to the newest checkpoint before divergence, and continues at a lower learning rate.
    ///
    /// - Throws: `TrainingError.diverged` if rolling back has not helped.
    func goBack(because finding: DivergenceDetector.Finding) throws {
        let reached = card.iterations
        guard let found = try files.newest(before: finding.since) else { throw Self.lost(finding, card) }
        returns = finding.since - (returned ?? 0) > Self.awayFromReturns ? 1 : returns + 1
        returned = finding.since
        guard returns <= Self.mostReturns else { throw Self.lost(finding, card) }
        let seconds = card.seconds
        let slowed = (card.slowed ?? 1) * Self.slowing
        try content.restore(from: found.file)
        card = found.card
        let trained = card.seconds
        // All ranks read before rank 0 writes.
        try options.processGroup?.requireEqual([Double(card.iterations)], "the checkpoint to go back to")
        // The time counts as trained; the steps do not.
        (card.seconds, card.slowed, card.recipe) = (
            seconds, slowed, try SettingsDocument.json(of: options.recipe)
        )
        guard isFirst else { return }
        try files.remove(after: card.iterations)
        try files.save(content)
        try metrics.goBack(
            record(resumedFrom: card.iterations),
            TrainingPoint(
                iteration: card.iterations, seconds: seconds,
                figures: [.wentBackFrom: Double(reached), .slowed: slowed]), to: trained)
        if let notice = found.notice { report(notice) }
        report(
            "\(finding.words) Back to the checkpoint of iteration \(card.iterations); the learning rate is "
                + "\(ConvergenceEstimate.percent(slowed)) of the recipe's from here on")
    }

    private static func lost(_ finding: DivergenceDetector.Finding, _ card: ModelCard) -> TrainingError {
        TrainingError(
            .diverged,
            "\(finding.words) Going back to the last good checkpoint and lowering the learning rate has not helped: train on "
                + "with a smaller rate (--set rate.peak=\(card.slowed.map { "…, now at \(ConvergenceEstimate.percent($0)) of the recipe's" } ?? "…")), "
                + "or with clip = 1; the last checkpoint is good")
    }
}

extension DivergenceDetector.Finding {
    /// Description of the divergence.
    var words: String {
        switch self {
        case .noNumber(let since): "The loss is not finite since iteration \(since)."
        case .jump(let since, let from, let to):
            "The error has jumped from \(String(format: "%.4f", from)) to \(String(format: "%.4f", to)) at iteration \(since)."
        }
    }
}
