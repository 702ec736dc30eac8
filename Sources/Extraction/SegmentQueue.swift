import Concurrency
import Foundation

/// Decodes a clip on a separate thread and distributes its segments to workers.
///
/// Frames are queued in decoder format and converted by the worker. `capacity` limits the number of queued frames: at most
/// one segment per worker. The decoder waits for space; the earliest segment with frames always belongs to a worker or is
/// the next one to be taken, so that there is no deadlock.
final class SegmentQueue: @unchecked Sendable {
    /// A segment whose frames are decoded while it is processed.
    final class Segment: @unchecked Sendable {
        let number: Int
        /// Consecutive number in the order of distribution, from 0.
        let order: Int
        /// The last analysed frame before this segment; `nil` at the beginning of the clip.
        let lead: Frame?
        // Guarded by the queue's lock.
        fileprivate var frames: [Frame] = []
        fileprivate var end: Int?

        fileprivate init(number: Int, order: Int, lead: Frame?) {
            (self.number, self.order, self.lead) = (number, order, lead)
        }
    }

    private let condition = NSCondition()
    private let plan: SegmentPlan
    private let capacity: Int
    // Guarded by `condition`.
    private var waiting: [Segment] = []
    private var opened = 0
    private var buffered = 0
    private var isFinished = false
    private var isStopped = false
    private var failure: (any Error)?
    private var worked = 0.0
    private var read = 0
    private var isWhole = false

    /// - Parameters:
    ///   - start: first frame of a segment; earlier frames are decoded and skipped.
    ///   - capacity: maximum number of queued frames.
    init(_ frames: any FrameSequence, plan: SegmentPlan, start: Int, capacity: Int) {
        (self.plan, self.capacity) = (plan, max(1, capacity))
        let thread = Thread { [self] in run(frames, start) }
        thread.name = "dimorph decode"
        thread.start()
    }

    /// The next segment for a worker; `nil` after the last one.
    ///
    /// - Throws: the decoder error, after all earlier segments were taken.
    func take() throws -> Segment? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isFinished, !isStopped { condition.wait() }
        if !waiting.isEmpty, !isStopped { return waiting.removeFirst() }
        if let failure, !isStopped { throw failure }
        return nil
    }

    /// The next frame of a segment; `nil` after its last one or when the queue is stopped.
    func next(in segment: Segment) -> Frame? {
        condition.lock()
        defer { condition.unlock() }
        while segment.frames.isEmpty, segment.end == nil, !isFinished, !isStopped { condition.wait() }
        guard !segment.frames.isEmpty, !isStopped else { return nil }
        buffered -= 1
        condition.broadcast()
        return segment.frames.removeFirst()
    }

    /// The first frame after a segment, available when all its frames were taken; `nil` if the queue was stopped before.
    ///
    /// - Throws: a decoder error within the segment.
    func end(of segment: Segment) throws -> Int? {
        try condition.withLock {
            if isStopped { return nil }
            if segment.end == nil, let failure { throw failure }
            return segment.end
        }
    }

    func stop() {
        condition.withLock {
            isStopped = true
            waiting = []
        }
        condition.broadcast()
    }

    /// Decoding time in seconds, without waiting.
    var seconds: Double { condition.withLock { worked } }

    /// Number of frames of the clip; `nil` if it was not decoded completely.
    var frameCount: Int? { condition.withLock { isWhole ? read : nil } }

    private func run(_ frames: any FrameSequence, _ start: Int) {
        var current: Segment?
        var lead: Frame?
        do {
            while let frame = try next(of: frames) {
                guard frame.time < plan.times.upperBound else { break }
                guard plan.wants(frame) else { continue }
                defer { lead = frame }
                guard frame.index >= start else { continue }
                let number = plan.segment(of: frame.index)
                if current?.number != number {
                    close(current, end: ((current?.number ?? 0) + 1) * plan.stride)
                    current = open(number, lead)
                }
                guard let current, put(frame, into: current) else { break }
            }
            close(current, end: (lead?.index ?? 0) + 1)
        } catch {
            condition.withLock { failure = error }
        }
        condition.withLock { isFinished = true }
        condition.broadcast()
    }

    private func next(of frames: any FrameSequence) throws -> Frame? {
        let begun = ContinuousClock.now
        let frame = try frames.next()
        condition.withLock {
            worked += begun.secondsElapsed
            if let frame { read = frame.index + 1 } else { isWhole = true }
        }
        return frame
    }

    private func open(_ number: Int, _ lead: Frame?) -> Segment {
        defer { condition.broadcast() }
        return condition.withLock {
            let segment = Segment(number: number, order: opened, lead: lead)
            opened += 1
            if !isStopped { waiting.append(segment) }
            return segment
        }
    }

    private func close(_ segment: Segment?, end: Int) {
        guard let segment else { return }
        condition.withLock { segment.end = end }
        condition.broadcast()
    }

    /// Waits for space; returns `false` if decoding is to stop.
    private func put(_ frame: Frame, into segment: Segment) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while buffered >= capacity, !isStopped { condition.wait() }
        guard !isStopped else { return false }
        segment.frames.append(frame)
        buffered += 1
        condition.broadcast()
        return true
    }
}
