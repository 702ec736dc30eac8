import Concurrency
import Foundation
import Tensors
import Workspace

extension Trainer {
    /// Measures the speed and memory of a training run on a temporary model; nothing is written.
    ///
    /// The first steps, which fill caches, are not timed. Small batches are measured first to determine the
    /// memory per face, so that a run that does not fit is refused before it exhausts the machine's memory.
    ///
    /// - Throws: `TrainingError.tooLittleMemory`.
    package static func forecast(sets: [PackedSet], options: Options, steps: Int = 8) throws -> Forecast {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dimorph-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = options
        (options.startsFromFaces, options.processGroup) = (false, nil)
        let trainer = try Trainer(
            sets: sets, folder: folder, options: options, progress: { _ in }, preview: { _ in })
        try trainer.planMemory()
        let seconds = try trainer.timed(warmUp: 3, steps: steps)
        return Forecast(
            stepsPerSecond: Double(steps) / max(1e-9, seconds), memory: MainMemory.heldAtMost ?? 0)
    }

    /// One step at each rate, until the loss diverges.
    func range(_ rates: [Double]) throws -> LearningRateRange {
        var range = LearningRateRange()
        for (index, rate) in rates.enumerated() {
            try Task.checkCancellation()
            let errors = try step(iteration: card.iterations + index, progress: 0, rate: rate)
            guard range.add(rate: rate, error: try errors.mean().item()) else { break }
            progress(
                ProgressEvent(
                    stage: "train", fraction: Double(index + 1) / Double(rates.count),
                    values: ["rate": rate, "error": range.points[index].error]))
        }
        return range
    }

    /// Seconds of some steps after warm-up, synchronised with the device. The trainer must not be used
    /// afterwards: its model has changed.
    ///
    /// For networks with a refinement, steps with and without it are timed separately and weighted by their
    /// frequency.
    func timed(warmUp: Int, steps: Int) throws -> Double {
        guard step.refinesSome else { return try timedAlike(warmUp: warmUp, steps: steps) }
        defer { step.refines = nil }
        step.refines = false
        let plain = try timedAlike(warmUp: warmUp, steps: steps)
        step.refines = true
        let refined = try timedAlike(warmUp: 1, steps: steps)
        return plain + (refined - plain) * step.refiningShare
    }

    private func timedAlike(warmUp: Int, steps: Int) throws -> Double {
        var begun = ContinuousClock.now
        for iteration in 0..<warmUp + steps {
            let errors = try step(iteration: iteration, progress: 0)
            // Reading a value waits for the device.
            if iteration < warmUp || iteration == warmUp + steps - 1 { _ = try errors.values(as: Float.self) }
            if iteration == warmUp - 1 { begun = .now }
        }
        return begun.secondsElapsed
    }
}
