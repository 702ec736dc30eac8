import Foundation
import NeuralNetworks
import Tensors

/// The training loop: steps, periodic work between them, and stopping.
extension Trainer {
    /// Number of warm-up steps, and of the steps after them whose speed is reported.
    private static let warmUp = 3
    private static let measured = 5

    /// Runs steps, and between them reports, validation and checkpoints as they are due.
    func train() throws {
        let (clock, before, first) = (ContinuousClock(), card.seconds, card.iterations)
        let begin = clock.now
        var (lastCheckpoint, lastPreview, warm) = (begin, begin, begin)
        let reports = StepStatistics(
            stop: options.stop, progress: progress, processGroup: options.processGroup)
        while true {
            card.seconds = before + (clock.now - begin) / .seconds(1)
            var orders = StepDecision(isCancelled: Task.isCancelled, isDone: isReached)
            if card.iterations > first {
                orders.looks = (clock.now - lastPreview) / .seconds(1) >= options.previewEvery
                orders.saves = (clock.now - lastCheckpoint) / .seconds(1) >= options.checkpointEvery
                orders.reports = reports.isDue
            }
            orders.progress = options.stop.progress(iterations: card.iterations, seconds: card.seconds)
            if let processGroup = options.processGroup { orders = try orders.agreed(among: processGroup) }
            if orders.looksBack, try !isSound(reports, toKeep: orders.keeps) { continue }
            if orders.isCancelled {
                try save()
                throw CancellationError()
            }
            if orders.reports { try witnessed { try reports.report(card, rate: rate, to: &metrics) } }
            if orders.looks {
                let looking = clock.now
                try witnessed { try examine(trained: card.seconds - before) }
                lastPreview = clock.now
                reports.leaveOut(seconds: (lastPreview - looking) / .seconds(1))
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
                reportEstimate(steps: Self.measured, seconds: (clock.now - warm) / .seconds(1))
            }
        }
    }

    /// Whether the stopping rule is met or the stop file exists.
    var isReached: Bool {
        if let file = options.stopFile, isFirst, FileManager.default.fileExists(atPath: file.path) {
            return true
        }
        return options.stop.isReached(
            iterations: card.iterations, seconds: card.seconds, error: card.heldOutError,
            settled: metrics.isSettled)
    }

    /// Removes the stop file, so that training can be resumed.
    func endByFile() {
        guard let file = options.stopFile, isFirst, unlink(file.path) == 0 else { return }
        report("ended by the file \(file.path), which is removed")
    }

    /// Makes one step. Returns each person's loss; `nil` if memory ran out.
    func move(_ share: Double, _ reports: StepStatistics) throws -> Tensor? {
        let errors: Tensor
        do {
            errors = try step(
                iteration: card.iterations, progress: share,
                rate: rate.rate(step: card.iterations, progress: share))
            try afterStep(card.iterations, store)
        } catch let error as TensorError where error.code == .outOfMemory {
            try recoverFromOutOfMemory(after: error)
            reports.forget()
            return nil
        }
        reports.add(errors)
        card.iterations += 1
        return errors
    }

    /// Checks the losses of the last steps, and all parameters if they are to be saved. Rolls training back
    /// after divergence.
    func isSound(_ reports: StepStatistics, toKeep isKept: Bool) throws -> Bool {
        var finding = try reports.inspect(iterations: card.iterations)
        if finding == nil, isKept {
            let isBad = try !content.isSound()
            if try options.processGroup?.any(isBad) ?? isBad {
                finding = .noNumber(since: max(0, card.iterations - 1))
            }
        }
        guard let finding else { return true }
        try goBack(because: finding)
        allReturns += 1
        reports.forget()
        return false
    }
}
