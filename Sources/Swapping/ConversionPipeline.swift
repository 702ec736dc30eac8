import Concurrency
import Faces
import Foundation
import Pictures
import Provenance
import Vision

/// A frame and the number of the part for which it is read. Parts are independent.
package struct PartFrame<Frame: Sendable>: Sendable {
    package let part: Int
    package let frame: Frame

    package init(part: Int, frame: Frame) {
        (self.part, self.frame) = (part, frame)
    }
}

/// A frame of the output.
package struct FinishedFrame<Frame: Sendable>: Sendable {
    package let part: Int
    package let frame: Frame
    /// The target's frame.
    package let original: Frame
    /// The outcome for each person.
    package var sighting = FrameSighting()

    /// Whether a swapped face is visible.
    package var isSwapped: Bool { sighting.isSwapped }
}

/// Swaps the faces of a stream of frames: decode ∥ vision and network ∥ composite ∥ encode.
///
/// One pass with look-ahead: a frame is delayed until the frames after it that its smoothing needs have been analysed (six
/// by default). Vision, the most expensive stage next to the network, therefore runs once, a stream is read only once, and
/// memory does not depend on the clip's length: at most the windows and the queues, about thirty frames.
package struct ConversionPipeline<Frame: SwappableFrame> {
    package let observer: any FaceDetectorSource
    package let roles: [SwapRole]
    package let settings: ConversionSettings
    /// Used for the mask mode `segmentation`.
    package let segmenter: (any FaceSegmenter)?
    package let matte: Matte?

    package init(
        observer: any FaceDetectorSource, roles: [SwapRole], settings: ConversionSettings,
        segmenter: (any FaceSegmenter)? = nil, matte: Matte? = nil
    ) {
        (self.observer, self.roles, self.settings) = (observer, roles, settings)
        (self.segmenter, self.matte) = (segmenter, matte)
    }

    /// Runs to the end of the stream. Detector and swappers are called on this thread, `source` and `sink` each on a thread
    /// of their own; all have stopped when this returns or throws.
    ///
    /// - Parameters:
    ///   - output: the marks of the output, with which each part begins.
    ///   - source: returns the next frame, `nil` after the last; frames of a part are consecutive.
    ///   - sink: receives finished frames in order.
    /// - Returns: the number of processed frames, the margins of a part included.
    package func run(
        output: MarkedOutput, source: @escaping () throws -> PartFrame<Frame>?,
        sink: @escaping (FinishedFrame<Frame>) throws -> Void
    ) throws -> ConversionReport {
        let decoded = BoundedQueue<(PartFrame<Frame>, Picture)>(capacity: 3)
        let swapped = BoundedQueue<PartFrame<SwapJob<Frame>>>(capacity: 4)
        let finished = BoundedQueue<FinishedFrame<Frame>>(capacity: 3)
        let times = StageTimes()
        let workers = WorkerThreads {
            decoded.cancel()
            swapped.cancel()
            finished.cancel()
        }
        let wall = StageClock()
        var report = ConversionReport()
        try wall.measure {
            decode(UncheckedSendableBox(value: source), into: decoded, workers, times)
            composite(swapped, into: finished, output, workers, times)
            encode(finished, UncheckedSendableBox(value: sink), workers, times)
            workers.attempt { report = try swap(decoded, into: swapped, times) }
            try workers.join()
        }
        report.seconds = wall.seconds
        report.stages = times.all
        return report
    }

    private func decode(
        _ source: UncheckedSendableBox<() throws -> PartFrame<Frame>?>,
        into queue: BoundedQueue<(PartFrame<Frame>, Picture)>, _ workers: WorkerThreads, _ times: StageTimes
    ) {
        workers.start("decode") {
            let clock = StageClock()
            defer { times.add("decode", clock) }
            while let next = try clock.measure({
                try source.value().map { ($0, try $0.frame.squarePicture()) }
            }) {
                guard queue.push(next) else { return }
            }
            queue.finish()
        }
    }

    private func swap(
        _ decoded: BoundedQueue<(PartFrame<Frame>, Picture)>,
        into queue: BoundedQueue<PartFrame<SwapJob<Frame>>>, _ times: StageTimes
    ) throws -> ConversionReport {
        let (vision, network) = (StageClock(), StageClock())
        var report = ConversionReport()
        var stage: SwapStage<Frame>?
        var part = 0
        func pass(_ jobs: [SwapJob<Frame>]) -> Bool {
            for job in jobs {
                guard queue.push(PartFrame(part: part, frame: job)) else { return false }
                report.frames += 1
                if !job.works.isEmpty { report.swapped += 1 }
            }
            return true
        }
        func end() throws -> Bool {
            try stage.map { stage in
                var stage = stage; return pass(try stage.finish())
            } ?? true
        }
        defer {
            times.add("vision", vision)
            times.add("network", network)
        }
        while let (next, picture) = decoded.pop() {
            try Task.checkCancellation()
            if stage == nil || next.part != part {
                guard try end() else { return report }
                observer.reset()
                part = next.part
                stage = SwapStage(
                    observer: observer, roles: roles, segmenter: segmenter, settings: settings,
                    vision: vision,
                    network: network)
            }
            guard pass(try stage?.push(next.frame, picture) ?? []) else { return report }
        }
        try Task.checkCancellation()
        if try end() { queue.finish() }
        return report
    }

    private func composite(
        _ queue: BoundedQueue<PartFrame<SwapJob<Frame>>>, into finished: BoundedQueue<FinishedFrame<Frame>>,
        _ output: MarkedOutput, _ workers: WorkerThreads, _ times: StageTimes
    ) {
        let (settings, matte) = (settings, matte)
        @Sendable func fresh(_ part: Int, _ marking: StageClock) -> CompositeStage<Frame> {
            CompositeStage(
                settings: settings, matte: matte, output: output, part: part, marking: marking)
        }
        workers.start("composite") {
            let (clock, marking) = (StageClock(), StageClock())
            defer {
                times.add("composite", clock, without: marking)
                times.add("mark", marking)
            }
            var stage = fresh(0, marking)
            func drain() throws -> Bool {
                while let frame = try clock.measure({ try stage.drain() }) {
                    guard finished.push(frame) else { return false }
                }
                return true
            }
            while let job = queue.pop() {
                if job.part != stage.part {
                    guard try drain() else { return }
                    stage = fresh(job.part, marking)
                }
                guard let frame = try clock.measure({ try stage.push(job.frame) }) else { continue }
                guard finished.push(frame) else { return }
            }
            if try drain() { finished.finish() }
        }
    }

    private func encode(
        _ queue: BoundedQueue<FinishedFrame<Frame>>,
        _ sink: UncheckedSendableBox<(FinishedFrame<Frame>) throws -> Void>,
        _ workers: WorkerThreads, _ times: StageTimes
    ) {
        workers.start("encode") {
            let clock = StageClock()
            defer { times.add("encode", clock) }
            while let frame = queue.pop() { try clock.measure { try sink.value(frame) } }
        }
    }
}

extension ConversionPipeline {
    /// Runs a stream that is not divided into parts.
    package func run(
        output: MarkedOutput, source: @escaping () throws -> Frame?, sink: @escaping (Frame) throws -> Void
    ) throws -> ConversionReport {
        try run(
            output: output, source: { try source().map { PartFrame(part: 0, frame: $0) } },
            sink: { try sink($0.frame) })
    }
}
