import Concurrency
import Foundation

/// Decodes ahead on a thread of its own, a few frames at most, so that decoding and cutting crops overlap.
///
/// Give it up by `stop()`; the thread ends after the frame it is at.
final class Prefetch: @unchecked Sendable {
    private let condition = NSCondition()
    private var items: [Result<Frame, any Error>] = []
    private var isFinished = false
    private var isStopped = false
    private var worked = 0.0
    private let capacity: Int

    /// - Parameter wants: whether a frame is needed, by its index.
    init(_ frames: any FrameSequence, capacity: Int = 8, wants: @escaping @Sendable (Int) -> Bool) {
        self.capacity = capacity
        let thread = Thread { [self] in run(frames, wants) }
        thread.name = "dimorph decode"
        thread.start()
    }

    /// The next frame that is wanted, in order; nil behind the last.
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

    /// Seconds that decoding took, waiting left out.
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

    /// Hands a frame over, waiting for room; false when there is to be no further one.
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
