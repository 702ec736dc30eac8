import Faces
import Foundation
import Media
import Pictures
import Vision
import Workspace

/// Measures a swapped video: against the truth where there is one, and by what a recogniser and a landmarker see in it.
///
/// Frames are paired by their number. Of several faces in a frame the largest counts. The source is sampled, about
/// `sourceFrames` frames over its length.
package struct Evaluator {
    private let analyser: FaceAnalyser
    /// Frames of the source that its identity is taken from.
    package var sourceFrames = 60
    /// An embedding is measured in every so-many-th frame of output and target.
    package var embeddingInterval = 5
    /// Whether the label's four possible places are left out of the comparison with the truth.
    package var leavesOutLabel = true
    package var progress: ProgressHandler

    package init(analyser: FaceAnalyser, progress: @escaping ProgressHandler = { _ in }) {
        (self.analyser, self.progress) = (analyser, progress)
    }

    /// - Parameters:
    ///   - truth: the perfect swap, frame by frame; needs `mask`, or compares whole frames without one.
    ///   - mask: bright where output and truth are compared.
    ///   - others: clips of further people, a person each, among whom the source is to be found.
    ///   - excluded: a part of the frame that is not compared, beside the label's.
    /// - Throws: `MediaError`, `VisionError`, `EvaluationError.mismatch`, `CancellationError`.
    package func evaluate(
        output: URL, target: URL, source: URL, truth: URL? = nil, mask: URL? = nil, others: [URL] = [],
        excluded: PixelRegion? = nil
    ) throws -> EvaluationReport {
        try look(
            output: output, target: target, source: source, truth: truth, mask: mask, others: others,
            excluded: excluded
        ).report
    }

    /// The same with what was found frame by frame.
    package func look(
        output: URL, target: URL, source: URL, truth: URL? = nil, mask: URL? = nil, others: [URL] = [],
        excluded: PixelRegion? = nil
    ) throws -> (report: EvaluationReport, frames: [FrameFigures]) {
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
        let maker = FigureMaker(
            output: outputFaces, target: targetFaces, source: try embeddings(of: source),
            others: try others.map(embeddings))
        var report = maker.report
        report.truth = truth == nil ? nil : comparison.figures
        report.surroundings = surroundings.figures
        report.agreement?.mouthMotion = motion.mouthMotion
        report.agreement?.eyeMotion = motion.eyeMotion
        report.seconds = (ContinuousClock.now - start) / .seconds(1)
        return (report, maker.frames(edgeSteps: surroundings.steps))
    }

    /// Runs through output and target, in two passes of the analyser, since it follows one clip at a time.
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
            tell("output", output.faces.count, of: 2 * clips.estimate)
        }
        let target = try series(of: clips.target, count: output.faces.count) {
            tell("target", output.faces.count + $0, of: 2 * clips.estimate)
        }
        return (output, target)
    }

    private func series(of url: URL, count: Int, _ tell: (Int) -> Void) throws -> FaceSeries {
        let reader = try VideoReader(url)
        var result = FaceSeries()
        analyser.reset()
        while result.faces.count < count, let frame = try reader.next() {
            try Task.checkCancellation()
            let picture = try frame.squarePicture()
            let face = try mainFace(in: picture, number: result.faces.count)
            result.add(face, in: picture, shot: analyser.shot)
            tell(result.faces.count)
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

    private func tell(_ what: String, _ done: Int, of total: Int) {
        guard done % 25 == 0 else { return }
        progress(
            ProgressEvent(
                stage: "evaluate", message: what, fraction: min(1, Double(done) / Double(max(1, total))),
                values: ["frames": Double(done)]))
    }
}
