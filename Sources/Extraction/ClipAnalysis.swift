import Faces
import Foundation
import Workspace

/// The first pass over one clip: every frame's faces into the index.
struct ClipAnalysis {
    let extractor: Extractor
    let clip: OpenClip
    let gauge: ExtractionGauge
    let number: Int

    func run(_ summary: inout ExtractionSummary) throws {
        var state = clip.state
        guard !state.isAnalysed else { return }
        let (index, set) = (extractor.workspace.index, extractor.set)
        let start = state.nextFrame
        let earlier = try index.faces(
            set: set, clip: state.clip, frames: max(0, start - 1)..<start, kept: false)
        var tracks = TrackNumbers(
            next: try index.nextTrack(set: set, clip: state.clip), before: earlier.map(\.face))
        let every = extractor.workspace.settings.extraction.every
        let (_, frames) = try clip.source.open()
        let prefetch = Prefetch(frames) { $0 >= start && $0 % every == 0 }
        defer {
            prefetch.stop()
            summary.stages["decode", default: 0] += prefetch.seconds
        }
        extractor.observer.reset()
        var pending: [FaceRecord] = []
        var seen = 0
        var looked = 0
        while let frame = try prefetch.next() {
            guard frame.index >= start else { continue }
            // What was found stays found: commit before giving in to the cancellation.
            if Task.isCancelled || looked - seen >= extractor.batch {
                try index.commit(pending, state)
                (pending, seen) = ([], looked)
                try Task.checkCancellation()
            }
            if let picture = frame.picture {
                let begun = ContinuousClock.now
                let faces = tracks.renumber(try extractor.observer.faces(in: picture))
                summary.stages["vision", default: 0] += begun.seconds
                summary.frames += 1
                if faces.isEmpty { state.framesWithoutFace += 1 }
                pending += faces.map {
                    FaceRecord(setName: set, clip: state.clip, frame: frame.index, time: frame.time, face: $0)
                }
                looked += 1
            }
            state.nextFrame = frame.index + 1
            gauge.frames(
                "looking", clip: number, name: clip.record.name, done: state.nextFrame, fresh: looked,
                faces: pending.count)
        }
        state.isAnalysed = true
        state.unreadableFrames = frames.unreadable
        try index.commit(pending, state, frameCount: state.nextFrame)
    }
}
