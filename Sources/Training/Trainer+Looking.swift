import Faces
import Foundation
import Workspace

/// Looking at the model while it is trained, and what is said of it.
extension Trainer {
    /// Does what others watch a training by. Where that fails, what was trained is saved first.
    func witnessed(_ body: () throws -> Void) throws {
        do { try body() } catch {
            try? checkpoint()
            throw error
        }
    }

    /// Looks at the model: its error, its swaps, whether it is the best so far, and a preview for people.
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

    /// Figures of the model that swapping will use, on faces that neither trained, chose nor ended it.
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

    /// Says what cannot be measured, before hours are trained.
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

    /// Says what the training will take, from its own first steps.
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
