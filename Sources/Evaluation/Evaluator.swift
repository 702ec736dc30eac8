import Faces
import Foundation
import Media
import Pictures
import Vision
import Workspace

/// Evaluates a swapped video: against the ground truth if there is one, and with a face recogniser and a landmarker.
///
/// Frames are paired by number. The largest face of a frame is evaluated. The source is sampled at about `sourceFrames`
/// frames over its length.
package struct Evaluator {
    private let analyser: FaceAnalyser
    /// Number of source frames for its identity.
    package var sourceFrames = 60
    /// Interval, in frames, of embedding measurements in output and target.
    package var embeddingInterval = 5
    /// Whether the label's four possible positions are excluded from the comparison with the ground truth.
    package var leavesOutLabel = true
    package var progress: ProgressHandler

    package init(analyser: FaceAnalyser, progress: @escaping ProgressHandler = { _ in }) {
        (self.analyser, self.progress) = (analyser, progress)
    }

    /// - Parameters:
    ///   - truth: the ground truth of the swap, frame by frame; compared inside `mask`, or in whole frames without one.
    ///   - mask: bright where output and ground truth are compared.
    ///   - others: clips of further people, one person each, for the identification of the source.
    ///   - excluded: a part of the frame to exclude in addition to the label's.
    /// - Throws: `MediaError`, `VisionError`, `EvaluationError.mismatch`, `CancellationError`.
    package func evaluate(
        output: URL, target: URL, source: URL, truth: URL? = nil, mask: URL? = nil, others: [URL] = [],
        excluded: PixelRegion? = nil
    ) throws -> EvaluationReport {
        try evaluateFrames(
            output: output, target: target, source: source, truth: truth, mask: mask, others: others,
            excluded: excluded
        ).report
    }

    /// Returns the report and the metrics of each frame.
    package func evaluateFrames(
        output: URL, target: URL, source: URL, truth: URL? = nil, mask: URL? = nil, others: [URL] = [],
        excluded: PixelRegion? = nil
    ) throws -> (report: EvaluationReport, frames: [FrameMetrics]) {
        let start = ContinuousClock.now
        var clips = try Clips(output: output, target: target, truth: truth, mask: mask)
        let stored =
            PixelComparison.labelRegions(clips.storedSize, when: leavesOutLabel)
            + [excluded].compactMap { $0 }
        let regions = stored.map(clips.shape.squareRegion)
        var comparison = PixelComparison(excluded: regions)
        var surroundings = SurroundingsComparison(excluded: regions)
        var motion = MotionComparison()
        var number = 0
        let (outputFaces, targetFaces) = try series(&clips) { frame, face in
            comparison.add(frame)
            if let target = frame.target {
                surroundings.add(number, output: frame.output, target: target, face: face)
                motion.add(output: frame.output, target: target, face: face, shot: analyser.shot)
            }
            number += 1
        }
        let builder = MetricsBuilder(
            output: outputFaces, target: targetFaces, source: try embeddings(of: source),
            others: try others.map(embeddings))
        var report = builder.report
        report.truth = truth == nil ? nil : comparison.figures
        report.surroundings = surroundings.figures
        report.agreement?.mouthMotion = motion.mouthMotion
        report.agreement?.eyeMotion = motion.eyeMotion
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return (report, builder.frames(edgeSteps: surroundings.steps))
    }

    /// Reads output and target in two passes of the analyser, which tracks one clip at a time.
    private func series(_ clips: inout Clips, _ compare: (ClipFrame, ObservedFace?) -> Void) throws -> (
        FaceSeries, FaceSeries
    ) {
        var output = FaceSeries()
        analyser.reset()
        while let frame = try clips.next() {
            try Task.checkCancellation()
            let face = try mainFace(in: frame.output, number: output.faces.count)
            compare(frame, face)
            output.add(face, in: frame.output, shot: analyser.shot)
            report("output", output.faces.count, of: 2 * clips.estimate)
        }
        let target = try series(of: clips.target, count: output.faces.count) {
            report("target", output.faces.count + $0, of: 2 * clips.estimate)
        }
        return (output, target)
    }

    private func series(of url: URL, count: Int, _ report: (Int) -> Void) throws -> FaceSeries {
        let reader = try VideoReader(url)
        var result = FaceSeries()
        analyser.reset()
        while result.faces.count < count, let frame = try reader.next() {
            try Task.checkCancellation()
            let picture = try frame.squarePicture()
            let face = try mainFace(in: picture, number: result.faces.count)
            result.add(face, in: picture, shot: analyser.shot)
            report(result.faces.count)
        }
        return result
    }

    private func embeddings(of url: URL) throws -> [Embedding] {
        let reader = try VideoReader(url)
        let step = max(1, (reader.info.frameCount ?? 250) / max(1, sourceFrames))
        var result: [Embedding] = []
        var number = 0
        while let frame = try reader.next() {
            try Task.checkCancellation()
            defer { number += 1 }
            guard number % step == 0 else { continue }
            analyser.reset()
            let faces = try analyser.observe(frame.squarePicture(), embedding: .always)
            if let embedding = largest(faces)?.embedding { result.append(embedding) }
        }
        return result
    }

    private func mainFace(in picture: Picture, number: Int) throws -> ObservedFace? {
        let wanted = number % max(1, embeddingInterval) == 0
        return largest(try analyser.observe(picture, embedding: wanted ? .always : .never))
    }

    private func largest(_ faces: [ObservedFace]) -> ObservedFace? {
        faces.max { $0.box.area < $1.box.area }
    }

    private func report(_ what: String, _ done: Int, of total: Int) {
        guard done % 25 == 0 else { return }
        progress(
            ProgressEvent(
                stage: "evaluate", message: what, fraction: min(1, Double(done) / Double(max(1, total))),
                values: ["frames": Double(done)]))
    }
}
