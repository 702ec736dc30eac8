import Foundation
import Tensors
import Workspace

/// Memory checks before training, and recovery from out-of-memory errors.
extension Trainer {
    /// Runs forward and backward passes of small batches without updating parameters, and predicts the memory
    /// of the whole batch.
    ///
    /// - Returns: the peak in bytes; `nil` if unknown, such as for a batch of two.
    /// - Throws: `TrainingError.tooLittleMemory` with a batch size that would fit.
    @discardableResult
    func planMemory() throws -> Int? {
        let gauge = MemoryGauge(device: options.device)
        let wanted = ownBatch
        gauge.begin()
        for batch in MemoryPlan.batches(for: wanted, parts: step.parts) {
            try check(batch, gauge)
            try step.measurePeakMemory(batch: batch)
            guard let height = try gauge.height() else { return nil }
            plan.add(batch: batch, peak: height)
        }
        try check(wanted, gauge)
        return plan.peak(batch: wanted)
    }

    /// Number of faces of each person that this process takes of a batch.
    private var ownBatch: Int { options.recipe.batch / (options.processGroup?.count ?? 1) }

    private func check(_ batch: Int, _ gauge: MemoryGauge) throws {
        guard let peak = plan.peak(batch: batch), let now = try gauge.now() else { return }
        try Forecast.check(
            further: peak - now.held, available: now.limit - now.held,
            fitting: plan.largestBatch(in: now.limit).map { $0 * (options.processGroup?.count ?? 1) })
    }

    /// Bytes of gradients that are not held at once if parameters are updated during the backward pass: all
    /// but the largest gradient.
    func savedGradients() -> Int {
        guard options.recipe.movesAtOnce(on: options.device) else { return 0 }
        let counts = store.trainedTensors.map(\.count)
        return 4 * (counts.reduce(0, +) - (counts.max() ?? 0))
    }

    /// Recovers after an out-of-memory error in a step: restores the last checkpoint and doubles the number
    /// of microbatches.
    ///
    /// - Throws: `TrainingError.tooLittleMemory` if the batch cannot be split further.
    func recoverFromOutOfMemory(after error: TensorError) throws {
        let batch = options.recipe.batch
        // Only with a single process: the other processes are not informed and would continue.
        guard options.processGroup == nil, step.parts * 2 <= batch, let found = try files.newest() else {
            let now = try MemoryGauge(device: options.device).now()
            let fitting = now.flatMap { plan.largestBatch(in: $0.limit) } ?? batch / 2
            throw TrainingError(
                .tooLittleMemory,
                "The memory has run out: --batch \(max(1, min(fitting, batch / 2))) should fit, or a smaller network; the last "
                    + "checkpoint is good, and the same command with that goes on from it", cause: error)
        }
        try optimizer.clearGradients()
        try content.restore(from: found.file)
        let (reached, spent, slowed) = (card.iterations, card.seconds, card.slowed)
        card = found.card
        let trained = card.seconds
        (card.seconds, card.slowed) = (spent, slowed)
        card.recipe = try SettingsDocument.json(of: options.recipe)
        step.parts *= 2
        // History after the checkpoint is no longer valid.
        try metrics.goBack(
            record(resumedFrom: card.iterations),
            TrainingPoint(
                iteration: card.iterations, seconds: spent, figures: [.wentBackFrom: Double(reached)]),
            to: trained)
        if let notice = found.notice { report(notice) }
        report(
            "The memory has run out. Back to the checkpoint of iteration \(card.iterations), and on with each batch in "
                + "\(step.parts) parts: the same training, slower. To begin with that: --set economy.accumulation=\(step.parts)"
        )
    }
}
