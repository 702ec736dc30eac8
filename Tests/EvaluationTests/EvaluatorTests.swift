import Evaluation
import Foundation
import Media
import Pictures
import Tensors
import Testing
import Vision

@Suite("Evaluator")
struct EvaluatorTests {
    // Needs ../shared/data and the networks' weights.
    @Test(
        "the perfect swap is nearer to its source, moves as the target does and beats the target",
        .enabled(if: Shared.canSee))
    func truth() throws {
        let analyser = try FaceAnalyser(weights: Shared.weights, device: .cpu)
        var evaluator = Evaluator(analyser: analyser)
        evaluator.embeddingInterval = 5
        let report = try evaluator.evaluate(
            output: Shared.performer("truth-a-as-c.mp4"), target: Shared.performer("target-c.mp4"),
            source: Shared.performer("performer-a.mp4"), truth: Shared.performer("truth-a-as-c.mp4"),
            mask: Shared.performer("target-c-mask.mkv"))
        print(report.table)
        print("seconds:", report.seconds)
        #expect(report.truth?.output.rgbPSNR == nil, "the truth is itself")
        #expect((report.identity.nearerToSource ?? 0) > 0.97)
        #expect((report.identity.toSource ?? 0) > (report.identity.targetToSource ?? 1) + 0.15)
        #expect((report.expression.mouthOpening ?? 0) > 0.9)
        #expect((report.expression.eyeOpening ?? 0) > 0.7)
        #expect((report.facesKept ?? 0) > 0.97)
        #expect(abs((report.jitterRatio ?? 9) - 1) < 0.5)
        #expect((try JSONDecoder().decode(EvaluationReport.self, from: report.json())) == report)
    }
}
