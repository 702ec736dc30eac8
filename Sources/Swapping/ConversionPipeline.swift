import Faces
import Foundation
import Pictures
import Provenance

/// Swaps the faces of a stream of frames: decode ∥ vision and network ∥ composite ∥ encode.
///
/// One pass with a look-ahead: a frame is held until the frames after it that its smoothing needs have been seen (six at
/// the default), so that vision, by far the dearest stage next to the network, runs once, a stream need not be read twice,
/// and what is held does not depend on the clip's length: at most the windows and the queues, about thirty frames.
package struct ConversionPipeline<Frame: SwappableFrame> {
    package let observer: any FaceObserver
    package let swapper: any FaceSwapper
    package let settings: ConversionSettings
    /// Mean embedding of the target's faces; nil swaps the largest face.
    package let identity: Embedding?

    package init(
        observer: any FaceObserver, swapper: any FaceSwapper, settings: ConversionSettings,
        identity: Embedding?
    ) {
        (self.observer, self.swapper) = (observer, swapper)
        (self.settings, self.identity) = (settings, identity)
    }

    /// Runs to the end of the stream. Observer and swapper are called on this thread, `source` and `sink` each on one of
    /// their own; all have stopped when this returns or throws.
    ///
    /// - Parameters:
    ///   - source: the next frame, nil after the last.
    ///   - sink: takes finished frames in order.
    package func run(
        output: MarkedOutput, source: @escaping () throws -> Frame?, sink: @escaping (Frame) throws -> Void
    ) throws -> ConversionReport {
        let decoded = BoundedQueue<(Frame, Picture)>(capacity: 3)
        let swapped = BoundedQueue<SwapJob<Frame>>(capacity: 4)
        let finished = BoundedQueue<Frame>(capacity: 3)
        let times = StageTimes()
        let workers = Workers {
            decoded.cancel()
            swapped.cancel()
            finished.cancel()
        }
        let wall = StageClock()
        var report = ConversionReport()
        try wall.measure {
            decode(Handover(value: source), into: decoded, workers, times)
            composite(swapped, into: finished, output, workers, times)
            encode(finished, Handover(value: sink), workers, times)
            workers.attempt { report = try swap(decoded, into: swapped, times) }
            try workers.join()
        }
        report.seconds = wall.seconds
        report.stages = times.all
        return report
    }

    private func decode(
        _ source: Handover<() throws -> Frame?>, into queue: BoundedQueue<(Frame, Picture)>,
        _ workers: Workers,
        _ times: StageTimes
    ) {
        workers.start("decode") {
            let clock = StageClock()
            defer { times.add("decode", clock) }
            while let frame = try clock.measure({ try source.value().map { ($0, try $0.picture()) } }) {
                guard queue.push(frame) else { return }
            }
            queue.finish()
        }
    }

    private func swap(
        _ decoded: BoundedQueue<(Frame, Picture)>, into queue: BoundedQueue<SwapJob<Frame>>,
        _ times: StageTimes
    ) throws -> ConversionReport {
        var stage = SwapStage<Frame>(
            observer: observer, swapper: swapper, settings: settings, identity: identity)
        var report = ConversionReport()
        func pass(_ jobs: [SwapJob<Frame>]) -> Bool {
            for job in jobs {
                guard queue.push(job) else { return false }
                report.frames += 1
                if job.work != nil { report.swapped += 1 }
            }
            return true
        }
        defer {
            times.add("vision", stage.vision)
            times.add("network", stage.network)
        }
        while let (frame, picture) = decoded.pop() {
            try Task.checkCancellation()
            guard pass(try stage.push(frame, picture)) else { return report }
        }
        try Task.checkCancellation()
        if pass(try stage.finish()) { queue.finish() }
        return report
    }

    private func composite(
        _ queue: BoundedQueue<SwapJob<Frame>>, into finished: BoundedQueue<Frame>, _ output: MarkedOutput,
        _ workers: Workers, _ times: StageTimes
    ) {
        let compositor = Compositor(settings.composite)
        workers.start("composite") {
            let clock = StageClock()
            defer { times.add("composite", clock) }
            var stage = CompositeStage<Frame>(compositor: compositor, output: output)
            while let job = queue.pop() {
                guard let frame = try clock.measure({ try stage.push(job) }) else { continue }
                guard finished.push(frame) else { return }
            }
            while let frame = try clock.measure({ try stage.drain() }) {
                guard finished.push(frame) else { return }
            }
            finished.finish()
        }
    }

    private func encode(
        _ queue: BoundedQueue<Frame>, _ sink: Handover<(Frame) throws -> Void>, _ workers: Workers,
        _ times: StageTimes
    ) {
        workers.start("encode") {
            let clock = StageClock()
            defer { times.add("encode", clock) }
            while let frame = queue.pop() { try clock.measure { try sink.value(frame) } }
        }
    }
}
