import Architectures
import Foundation
import Pictures
import Tensors
import Testing
import Workspace

@testable import Training

@Suite("Training's metrics", .serialized)
struct DiaryTests {
    init() throws { try Engine.setThreads(1) }

    /// Says what it was told to say, look by look.
    private final class FakeJudge: SwapMetrics {
        var likeness: [Double]
        var seen: [[Picture]] = []

        init(_ likeness: [Double]) { self.likeness = likeness }

        func figures(of swapped: [Picture]) throws -> SwapFigures {
            seen.append(swapped)
            return SwapFigures(
                toSource: likeness.removeFirst(), toTarget: 0.1, sourceToSource: 0.8, poseError: 2, eyes: 0.5,
                mouth: 0.7, faces: swapped.count)
        }
    }

    private func train(
        _ iterations: Int, in folder: URL, judge: FakeJudge, previewEvery: Double = 1e9,
        choice: Trainer.ModelChoice = .last
    ) throws -> (summary: Trainer.Summary, points: [TrainingPoint]) {
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var options = DrawnFaces.options(iterations: iterations)
        (options.previewEvery, options.choice) = (previewEvery, choice)
        let trainer = try Trainer(
            sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
            preview: { _ in })
        var points: [TrainingPoint] = []
        trainer.metrics.record = { points.append($0) }
        trainer.judge { faces in
            // 80 faces in clips of 40: four validate and four are reported on; the source shows 8 of the others.
            #expect(faces.target.count == 4 && faces.source.count == 8 && faces.crop == .full)
            #expect(faces.target.allSatisfy { $0.width == 32 && $0.height == 32 })
            return judge
        }
        return (try trainer.run(), points)
    }

    @Test("looks go into the history with all their figures")
    func points() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let judge = FakeJudge([0.4])
        let (summary, points) = try train(3, in: folder, judge: judge)
        let look = try #require(points.last { $0.isExamination })
        #expect(look.iteration == 3)
        let similarity = try #require(look.figures[.heldOutSimilarity])
        #expect(similarity > 0 && similarity < 1 && look.figures[.heldOutError] == summary.heldOutError)
        #expect(look.figures[.swapToSource] == 0.4 && look.figures[.swapMouth] == 0.7)
        let score = try #require(look.figures[.swapScore])
        #expect(abs(score - 0.5 * 0.6 * similarity) < 1e-9)
        #expect(judge.seen[0].count == 4 && judge.seen[0][0].width == 32)
        // What is reported is measured on other faces than what chooses.
        let test = try #require(points.last)
        #expect(test.figures == summary.test && !test.isExamination)
        #expect(test.figures[.testError] != look.figures[.heldOutError])
        #expect(try ModelFile(summary.model).card.test?["test"] == test.figures[.testError])
    }

    @Test("the best model is kept beside the last, its card says why, and a later run remembers it")
    func best() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "model/best.safetensors")
        let first = try train(2, in: folder, judge: FakeJudge([0.7]))
        let score = try #require(first.summary.best?.score)
        let card = try ModelFile(file).card
        #expect(card.iterations == 2 && card.merit?.score == score)
        #expect(card.merit?.reason.contains("cosine") == true && card.merit?.figures["swap_to_source"] == 0.7)

        let worse = try train(4, in: folder, judge: FakeJudge([0.1]))
        #expect(worse.summary.best?.iterations == 2 && worse.summary.best?.score == score)
        #expect(try ModelFile(file).card == card)
        #expect(try ModelFile(worse.summary.model).card.iterations == 4)
        #expect(try ModelFile(worse.summary.model).card.merit == nil)

        let chosen = try train(6, in: folder, judge: FakeJudge([0.1]), choice: .best)
        var published = try ModelFile(chosen.summary.model).card
        #expect(published.test?["test"] == chosen.summary.test[.testError])
        published.test = nil
        #expect(published == card)
        // The checkpoint is the last in any case, and training goes on from it.
        let checkpoint = folder.appending(path: "model/checkpoint.safetensors")
        #expect(try ModelFile(checkpoint).card.iterations == 6)
        let better = try train(8, in: folder, judge: FakeJudge([0.8]))
        #expect(better.summary.best?.iterations == 8)
        #expect(try SwapModel(file, device: .cpu).card.merit != nil)
    }

    @Test("judging that takes long is left out after the first look of a short run")
    func share() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        final class Slow: SwapMetrics {
            var looks = 0
            func figures(of swapped: [Picture]) throws -> SwapFigures {
                looks += 1
                usleep(400_000)
                return SwapFigures(
                    toSource: nil, toTarget: nil, sourceToSource: nil, poseError: nil, eyes: nil, mouth: nil,
                    faces: 0)
            }
        }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var options = DrawnFaces.options(iterations: 10)
        options.previewEvery = 0
        let trainer = try Trainer(
            sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
            preview: { _ in })
        let slow = Slow()
        trainer.judge { _ in slow }
        let summary = try trainer.run()
        #expect(slow.looks == 1 && summary.judgingShare > 0.03 && summary.best == nil)
        #expect(
            !FileManager.default.fileExists(atPath: folder.appending(path: "model/best.safetensors").path))
    }

    @Test("scores count each part as nothing to everything")
    func scores() {
        func score(_ toSource: Double?, _ eyes: Double, _ mouth: Double, own: Double = 0.8) -> Double? {
            SwapFigures(
                toSource: toSource, toTarget: nil, sourceToSource: own, poseError: nil, eyes: eyes,
                mouth: mouth, faces: 9
            ).score(structure: 0.5)
        }
        #expect(score(0.8, 1, 1) == 0.5 && score(0.9, 1, 1) == 0.5 && score(-0.2, 1, 1) == 0)
        #expect(score(0.8, -0.5, 1) == 0.25 && score(nil, 1, 1) == nil && score(0.5, 1, 1, own: 0) == nil)
    }

    /// When a training of this error would end, looked at twice a minute.
    private func end(_ course: (Double) -> Double) throws -> Double? {
        var metrics = TrainingMetrics()
        var card = ModelCard(
            architecture: "dimorph-s", design: .hybrid(DrawnFaces.settings), crop: "full", measures: [],
            people: [], seed: 1)
        let rule = StopRule(untilPlateau: true)
        for seconds in stride(from: 30.0, through: 18_000, by: 30) {
            card.seconds = seconds
            let look = Validator.HeldOut(error: course(seconds), similarity: 0.5)
            _ = try metrics.look(card, heldOut: look, swaps: nil)
            if rule.isReached(iterations: 9, seconds: seconds, error: look.error, settled: metrics.isSettled)
            {
                return seconds
            }
        }
        return nil
    }

    @Test("a plateau or a growing error ends a training that was told so, once it has lasted")
    func stops() throws {
        var numbers = RandomNumbers(seed: 3, stream: 1)
        func noisy(_ value: Double) -> Double { value * exp(0.003 * numbers.normal()) }
        // Falls by a third in 20 minutes, then stays.
        let flat = try #require(try end { noisy(0.02 * (1 + 0.5 * exp(-$0 / 400))) })
        #expect(1800...9000 ~= flat, "\(flat)")
        // Falls for an hour, then grows.
        let growing = try #require(
            try end { noisy(0.02 * exp(-min($0, 3600) / 7200) * (1 + max(0, $0 - 3600) / 9000)) })
        #expect(4500...7200 ~= growing, "\(growing)")
        #expect(try end { noisy(0.02 * pow(0.9, $0 / 3600)) } == nil)
        // Without noise five looks would do, if ten minutes were not the least.
        #expect(try end { _ in 0.02 } == 600)
        #expect(!StopRule().isReached(iterations: 9, seconds: 1e6, error: 0.02, settled: true))
        #expect(StopRule(targetError: 0.02).isReached(iterations: 9, seconds: 1, error: 0.02))
        #expect(
            StopRule(minutes: 300, untilPlateau: true).isReached(iterations: 9, seconds: 18_000, error: 1))
    }

    @Test("remarks tell the trend, and when swaps were best if that is a while ago")
    func remarks() throws {
        var run = TrainingRun(
            architecture: "dimorph-s", people: ["a", "b"], seed: 1, recipe: "{}", device: "cpu",
            resumedFrom: nil)
        run.id = 1
        let points = stride(from: 0.0, to: 18_000, by: 30).map { seconds in
            var point = TrainingPoint(
                iteration: Int(seconds), seconds: seconds,
                figures: [.heldOutError: 0.02, .swapScore: seconds == 15_570 ? 0.6 : 0.5])
            point.run = 1
            return point
        }
        let history = TrainingHistory(runs: [run], points: points)
        #expect(
            history.remark == "gains less than 1 % an hour now; the best swaps were 40 minutes ago")
        #expect(history.greatest(.swapScore)?.iteration == 15_570)
        #expect(TrainingHistory(runs: [run], points: []).remark == "")
    }

    @Test("curves are drawn as wide as asked, whatever is known of the training")
    func plot() {
        var run = TrainingRun(
            architecture: "dimorph-s", people: ["a", "b"], seed: 1, recipe: "{}", device: "cpu",
            resumedFrom: nil)
        run.id = 1
        let points = (0..<2000).map { step in
            var point = TrainingPoint(
                iteration: step * 7, seconds: Double(step),
                figures: [
                    .loss(ofPerson: 0): 0.1 / Double(step + 10), .loss(ofPerson: 1): 0.2 / Double(step + 10),
                ])
            if step % 30 == 0 { point.figures[.heldOutError] = 0.15 / Double(step + 10) }
            point.run = 1
            return point
        }
        let half = TrainingPlot(TrainingHistory(runs: [run], points: points)).picture(width: 600)
        #expect(half.width == 600 && half.height > 190 && half.height < 300)
        let whole = TrainingPlot(TrainingHistory(runs: [run], points: points)).picture()
        #expect(whole.width == 1200 && whole.height == 2 * half.height)
        // Three curves: each colour is there, and nothing of a fourth.
        func has(_ colour: Colour) -> Bool {
            stride(from: 0, to: whole.pixels.count, by: 3).contains {
                whole.pixels[$0] == colour.red && whole.pixels[$0 + 1] == colour.green
                    && whole.pixels[$0 + 2] == colour.blue
            }
        }
        #expect(Colour.series.prefix(4).map(has) == [true, true, true, false])
        #expect(TrainingPlot(TrainingHistory(runs: [], points: [])).picture().height > 20)
    }
}
