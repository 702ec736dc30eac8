import Faces
import Foundation
import Workspace

/// First pass over a clip: detects the faces of all frames and stores them in the index, one transaction per segment.
///
/// Decoding runs in parallel with the detectors, each of which processes a different segment.
struct ClipAnalysis {
    let extractor: Extractor
    let clip: OpenClip
    let gauge: ExtractionGauge
    let number: Int

    private var index: Index { extractor.workspace.index }
    private var plan: SegmentPlan { extractor.plan }

    func run(_ summary: inout ExtractionSummary) throws {
        guard !clip.state.isAnalysed else { return }
        let (_, frames) = try clip.source.open(from: plan.times.lowerBound)
        let observers = Array(extractor.observers.prefix(workers))
        let before = observers.map(\.seconds)
        let feed = SegmentQueue(
            frames, plan: plan, start: clip.state.nextFrame,
            capacity: (observers.count - 1) * plan.length + 8)
        let team = SegmentWorkers(observers, feed: feed)
        defer {
            team.end()
            summary.stages["decode", default: 0] += feed.seconds + team.secondsConverting
            for (observer, earlier) in zip(observers, before) {
                for (stage, seconds) in observer.seconds {
                    summary.stages[stage, default: 0] += seconds - (earlier[stage] ?? 0)
                }
            }
        }
        try enter(team, frames, feed, &summary)
    }

    /// Stores the segments in order and finally the length of the clip.
    private func enter(
        _ team: SegmentWorkers, _ frames: any FrameSequence, _ feed: SegmentQueue,
        _ summary: inout ExtractionSummary
    ) throws {
        var state = clip.state
        var tracks = try trackNumbers(at: state.nextFrame)
        var fresh = 0
        while let segment = try team.next() {
            let faces = tracks.renumber(segment).map {
                FaceRecord(
                    setName: extractor.set, clip: state.clip, frame: $0.frame, time: $0.time, face: $0.face)
            }
            state.nextFrame = segment.end
            state.framesWithoutFace += segment.framesWithoutFace
            state.note(segment.unreadable)
            try index.commit(faces, state)
            fresh += segment.frames
            summary.frames += segment.frames
            gauge.frames(
                "looking", clip: number, name: clip.record.name, done: state.nextFrame, fresh: fresh,
                faces: faces.count)
            try Task.checkCancellation()
        }
        state.isAnalysed = true
        state.nextFrame = feed.frameCount ?? state.nextFrame
        state.note(frames.unreadable)
        try index.commit([], state, frameCount: feed.frameCount)
    }

    private func trackNumbers(at start: Int) throws -> TrackNumbers {
        let earlier = try index.faces(
            set: extractor.set, clip: clip.state.clip, frames: max(0, start - plan.stride)..<start,
            kept: false)
        return TrackNumbers(
            next: try index.nextTrack(set: extractor.set, clip: clip.state.clip), before: earlier,
            every: plan.every)
    }

    /// The detectors to use; fewer than available if the frames of their segments would need too much memory.
    private var workers: Int {
        let segment = Double(clip.record.width * clip.record.height * plan.length) * 1.5
        return 1 + max(0, Int(Self.memory / max(1, segment)))
    }

    /// Maximum memory of queued frames, in bytes.
    private static let memory = Double(1 << 30)
}
