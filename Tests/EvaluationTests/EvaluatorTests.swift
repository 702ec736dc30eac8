import Evaluation
import Foundation
import Media
import Pictures
import Tensors
import Testing
import Vision

@Suite("Evaluator")
struct EvaluatorTests {
    // DIMORPH_LONG takes the whole clips.
    @Test(
        "the perfect swap is nearer to its source, moves as the target does and beats the target",
        .enabled(
            if: Samples.hasWeights
                && FileManager.default.fileExists(atPath: Samples.clip("performer-c.mp4").path),
            "needs performer-c.mp4 of the shared clips (DIMORPH_SHARED)"))
    func truth() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "evaluator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func clip(_ name: String) throws -> URL {
            guard ProcessInfo.processInfo.environment["DIMORPH_LONG"] == nil else {
                return Samples.clip(name)
            }
            let url = folder.appendingPathComponent(name)
            try shorten(Samples.clip(name), to: url, frames: 60)
            return url
        }
        let analyser = try FaceAnalyser(weights: Samples.weights, device: .cpu)
        var evaluator = Evaluator(analyser: analyser)
        evaluator.sourceFrames = 12
        evaluator.embeddingInterval = 4
        let (truth, target) = (try clip("truth-a-as-c.mp4"), try clip("target-c.mp4"))
        let report = try evaluator.evaluate(
            output: truth, target: target, source: try clip("performer-a.mp4"), truth: truth,
            mask: try clip("target-c-mask.mkv"), others: [try clip("performer-c.mp4")])
        print(report.table)
        print("seconds:", report.seconds)
        #expect(report.truth?.output.rgbPSNR == nil, "the truth is itself")
        #expect((report.truth?.target.lumaPSNR ?? 99) < 20)
        #expect((report.identity.nearerToSource ?? 0) > 0.97)
        let retrieval = try #require(report.retrieval)
        #expect(retrieval.people == 3 && retrieval.first > 0.97 && retrieval.meanRank < 1.1)
        // The target taken for an output: both of the others come before the source.
        let none = try evaluator.evaluate(
            output: target, target: target, source: try clip("performer-a.mp4"),
            others: [try clip("performer-c.mp4")])
        #expect(none.retrieval?.first == 0 && none.retrieval?.meanRank == 3)
        #expect((report.identity.toSource ?? 0) > (report.identity.targetToSource ?? 1) + 0.15)
        #expect((report.expression.mouthOpening ?? 0) > 0.9)
        #expect((report.expression.eyeOpening ?? 0) > 0.7)
        #expect((report.facesKept ?? 0) > 0.97)
        #expect(abs((report.jitterRatio ?? 9) - 1) < 0.5)
        #expect((0.1...10).contains(report.flickerRatio ?? 99))
        #expect((0.001...0.1).contains(report.landmarkError ?? 9))
        #expect((0...0.1).contains(report.expressionError ?? 9))
        let truths = try #require(report.truth)
        #expect(abs((truths.output.multiScaleSSIM ?? 0) - 1) < 1e-4)
        #expect((truths.target.multiScaleSSIM ?? 1) < 0.95)
        // The truth is another person's frames: nothing outside is the target's, and heads end elsewhere.
        let surroundings = try #require(report.surroundings)
        #expect((surroundings.outsidePSNR ?? 99) < 40 && surroundings.outsideGreatest > 20)
        #expect((surroundings.edgeStep ?? 0) > 1)
        #expect((try JSONDecoder().decode(EvaluationReport.self, from: report.json())) == report)
    }

    @Test(
        "the target against itself: nothing moves, nothing flickers, no edge, untouched",
        .enabled(if: Samples.hasWeights))
    func itself() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "evaluator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let clip = folder.appendingPathComponent("target.mkv")
        try shorten(Samples.clip("target-c.mp4"), to: clip, frames: 20)
        var evaluator = Evaluator(analyser: try FaceAnalyser(weights: Samples.weights, device: .cpu))
        evaluator.sourceFrames = 4
        let report = try evaluator.evaluate(output: clip, target: clip, source: clip)
        #expect(report.truth == nil && report.retrieval == nil)
        #expect(report.landmarkError == 0 && report.expressionError == 0 && report.poseError == 0)
        #expect(report.jitterRatio == 1 && report.flickerRatio == 1 && report.sharpnessRatio == 1)
        #expect(
            report.surroundings
                == .init(
                    outsidePSNR: nil, outsideGreatest: 0, edgeStep: 0, worstEdgeStep: 0, edgeEnergyRatio: 1))
        #expect(report.table.contains("untouched") && report.detailRatio == 1)
        let agreement = try #require(report.agreement)
        #expect(agreement.mouthGap == 1 && agreement.eyeOpening == 1 && agreement.mouthWidth == 1)
        #expect(agreement.mouthGapDifference == 0 && agreement.gazeDifference == 0)
        #expect(agreement.mouthMotion == 1 && agreement.eyeMotion == 1)
    }

    @Test("clips of different sizes are refused with a word about them")
    func mismatch() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "evaluator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let small = folder.appendingPathComponent("small.mkv")
        let info = VideoInfo(width: 64, height: 48, frameRate: Rational(25))
        let writer = try VideoWriter(small, like: info, settings: EncodingSettings(codec: .ffv1))
        try writer.append(try VideoFrame(Picture(width: 64, height: 48), index: 0, like: info))
        try writer.finish()
        let error = #expect(throws: EvaluationError.self) {
            try PixelComparison.figures(
                output: small, target: small, truth: Samples.clip("target-c.mp4"), mask: nil)
        }
        #expect(error?.message.contains("384×384") == true)
    }

    private func shorten(_ url: URL, to short: URL, frames: Int) throws {
        let reader = try VideoReader(url)
        let codec: EncodingSettings.Codec = url.pathExtension == "mkv" ? .ffv1 : .h264
        let writer = try VideoWriter(
            short, like: reader.info,
            settings: EncodingSettings(codec: codec, quality: codec == .h264 ? 4 : nil))
        for _ in 0..<frames {
            guard let frame = try reader.next() else { break }
            try writer.append(frame)
        }
        try writer.finish()
    }
}
