import Concurrency
import Foundation
import Media
import Pictures
import Workspace

/// Analyses the segments of a clip on several threads and returns the results in order.
final class SegmentWorkers: @unchecked Sendable {
    private let feed: SegmentQueue
    private let condition = NSCondition()
    private let threads = DispatchGroup()
    // Guarded by `condition`.
    private var results: [Int: Result<SegmentResult, any Error>] = [:]
    private var working: Int
    private var failure: (any Error)?
    private var converting = 0.0
    // Used by the caller's thread only.
    private var order = 0

    /// Starts a thread for each detector. The detectors must not be used elsewhere until `end()` has returned.
    init(_ observers: [any FaceDetectorSource], feed: SegmentQueue) {
        self.feed = feed
        working = observers.count
        for observer in observers {
            let observer = UncheckedSendableBox(value: observer)
            let thread = Thread { [self] in work(observer.value) }
            thread.name = "dimorph vision"
            thread.stackSize = 8 << 20
            threads.enter()
            thread.start()
        }
    }

    /// The result of the next segment; `nil` after the last one.
    ///
    /// - Throws: errors of detectors and the decoder; `CancellationError` when the task is cancelled.
    func next() throws -> SegmentResult? {
        condition.lock()
        defer { condition.unlock() }
        while results[order] == nil, working > 0 {
            try Task.checkCancellation()
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
        }
        guard let result = results.removeValue(forKey: order) else {
            if let failure { throw failure }
            return nil
        }
        order += 1
        return try result.get()
    }

    /// Stops the workers and waits for their threads.
    func end() {
        feed.stop()
        threads.wait()
    }

    /// Time for RGB conversion of frames, in seconds.
    var secondsConverting: Double { condition.withLock { converting } }

    private func work(_ observer: any FaceDetectorSource) {
        defer { threads.leave() }
        do {
            while let segment = try feed.take() {
                let result = Result { try look(at: segment, observer) }
                if case .success(nil) = result { break }
                condition.withLock {
                    results[segment.order] = result.map { $0 ?? SegmentResult(number: 0, end: 0) }
                }
                condition.broadcast()
            }
        } catch {
            condition.withLock { failure = error }
        }
        condition.withLock { working -= 1 }
        condition.broadcast()
    }

    /// Analyses a segment; returns `nil` if the workers were stopped.
    private func look(at segment: SegmentQueue.Segment, _ observer: any FaceDetectorSource) throws
        -> SegmentResult?
    {
        observer.reset(after: segment.lead.flatMap { try? picture(of: $0) })
        var result = SegmentResult(number: segment.number, end: 0)
        while let frame = feed.next(in: segment) {
            result.frames += 1
            if frame.isAlone { observer.reset() }
            do {
                let faces = try observer.faces(in: picture(of: frame))
                if faces.isEmpty { result.framesWithoutFace += 1 }
                result.faces += faces.map {
                    SegmentFace(
                        frame: frame.index, time: frame.time, shot: observer.shot, isAlone: frame.isAlone,
                        face: $0)
                }
            } catch is MediaError {
                result.unreadable.append(
                    UnreadableFrame(frame: frame.index, time: frame.time, file: frame.file))
            }
        }
        guard let end = try feed.end(of: segment) else { return nil }
        result.end = end
        return result
    }

    private func picture(of frame: Frame) throws -> Picture {
        let begun = ContinuousClock.now
        defer { condition.withLock { converting += begun.secondsElapsed } }
        return try frame.look()
    }
}
