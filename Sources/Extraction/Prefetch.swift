import Concurrency
import Foundation

/// Decodes a few frames ahead on a separate thread, so that decoding and cutting crops overlap.
///
/// `stop()` ends the thread after the current frame.
final class Prefetch: @unchecked Sendable {
    private let condition = NSCondition()
    private var items: [Result<Frame, any Error>] = []
    private var isFinished = false
    private var isStopped = false
    private var worked = 0.0
    private let capacity: Int

    /// - Parameter wants: whether the frame with an index is needed.
    init(_ frames: any FrameSequence, capacity: Int = 8, wants: @escaping @Sendable (Int) -> Bool) {
        self.capacity = capacity
        let thread = Thread { [self] in run(frames, wants) }
        thread.name = "dimorph decode"
        thread.start()
    }

    /// The next needed frame, in order; `nil` after the last one.
    func next() throws -> Frame? {
        condition.lock()
        defer { condition.unlock() }
        while items.isEmpty, !isFinished { condition.wait() }
        guard !items.isEmpty else { return nil }
        defer { condition.broadcast() }
        return try items.removeFirst().get()
    }

    func stop() {
        condition.withLock {
            isStopped = true
            items = []
        }
        condition.broadcast()
    }

    /// Decoding time in seconds, without waiting.
    var seconds: Double { condition.withLock { worked } }

    private func run(_ frames: any FrameSequence, _ wants: @Sendable (Int) -> Bool) {
        var more = true
        while more {
            let begun = ContinuousClock.now
            let frame = Result { try frames.next() }
            more = put(
                frame, wanted: (try? frame.get()).map { wants($0.index) } ?? true,
                seconds: begun.secondsElapsed)
        }
        condition.withLock { isFinished = true }
        condition.broadcast()
    }

    /// Queues a frame, waiting for space; returns `false` if decoding is to stop.
    private func put(_ frame: Result<Frame?, any Error>, wanted: Bool, seconds: Double) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        worked += seconds
        while wanted, items.count >= capacity, !isStopped { condition.wait() }
        guard !isStopped else { return false }
        defer { condition.broadcast() }
        switch frame {
        case .success(nil): return false
        case .success(let frame?):
            if wanted { items.append(.success(frame)) }
            return true
        case .failure(let error):
            items.append(.failure(error))
            return false
        }
    }
}
