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
        try preview(shown)
        if !isLast, let news = diary.news(seconds: card.seconds) { report(news) }
    }

    /// Says what the training will take, from its own first steps.
    func foretell(steps: Int, seconds: Double) {
        let forecast = Forecast(
            stepsPerSecond: Double(steps) / max(1e-9, seconds), memory: MainMemory.heldAtMost ?? 0)
        report(forecast.sentence(options.stop, done: (card.iterations, card.seconds)))
    }

    func report(_ message: String) {
        progress(
            ProgressEvent(stage: "train", message: message, values: ["iteration": Double(card.iterations)]))
    }
}
