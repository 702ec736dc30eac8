import Faces
import Foundation
import Workspace

/// Validation and reporting during training.
extension Trainer {
    /// Runs a callback of the caller. If it fails, the model is saved before the error is rethrown.
    func witnessed(_ body: () throws -> Void) throws {
        do { try body() } catch {
            try? checkpoint()
            throw error
        }
    }

    /// Validates the model: validation error, swap metrics, best-model selection, and a preview.
    func examine(trained: Double, isLast: Bool = false) throws {
        guard isFirst else { return }
        let heldOut = try validator.heldOut(.validation)
        (card.heldOutError, heldOutSimilarity) = (heldOut?.error, heldOut?.similarity)
        let swaps = try judging.figures(
            validator, crop: CropKind(rawValue: card.crop) ?? .full, seconds: trained, isLast: isLast)
        if let merit = try metrics.look(card, heldOut: heldOut, swaps: swaps) {
            try noteCodes()
            var card = card
            card.merit = merit
            try files.saveModel(card, averagedStore, to: files.best)
        }
        var shown = try validator.preview(iteration: card.iterations)
        shown.remark = metrics.remark(seconds: card.seconds)
        try preview(shown)
        if !isLast, let news = metrics.news(seconds: card.seconds) { report(news) }
    }

    /// Metrics of the model for swapping on the test faces, which are not used for training, model selection
    /// or stopping.
    ///
    /// - Parameter measuresSwaps: whether swap metrics are included, which takes seconds.
    func report(swaps measuresSwaps: Bool, of validator: Validator) throws -> [TrainingFigure: Double] {
        guard let heldOut = try validator.heldOut(.test) else { return [:] }
        let crop = CropKind(rawValue: card.crop) ?? .full
        var figures = measuresSwaps ? try judging.report(validator, crop: crop)?.named ?? [:] : [:]
        figures[.testError] = heldOut.error
        figures[.testSimilarity] = heldOut.similarity
        return figures
    }

    /// Reports metrics that cannot be computed, before training starts.
    func reportUnmeasured() throws {
        let unmeasured = people.filter { $0.split.validation.isEmpty || $0.split.test.isEmpty }
        guard !unmeasured.isEmpty else { return }
        let names = unmeasured.map { "'\($0.card.name)'" }.joined(separator: ", ")
        let validates = people.allSatisfy { !$0.split.validation.isEmpty }
        guard validates || (options.stop.targetError == nil && !options.stop.untilPlateau) else {
            throw TrainingError(
                .tooFewFaces,
                "\(names): too few faces to keep some from training, so that no error on held-out faces can end it: end it "
                    + "by --minutes or --iterations, or extract longer clips")
        }
        report(
            "\(names): too few faces to keep some from training: "
                + (validates
                    ? "the best model is chosen, but no figures are reported of faces that did not choose it"
                    : "no held-out figures are made and no best model is chosen")
                + "; extract longer clips for them")
    }

    /// Reports the expected duration and memory, measured over the first steps.
    func reportEstimate(steps: Int, seconds: Double) {
        let forecast = Forecast(
            stepsPerSecond: Double(steps) / max(1e-9, seconds), memory: MainMemory.heldAtMost ?? 0)
        report(forecast.sentence(options.stop, done: (card.iterations, card.seconds)))
    }

    func report(_ message: String) {
        progress(
            ProgressEvent(stage: "train", message: message, values: ["iteration": Double(card.iterations)]))
    }
}
