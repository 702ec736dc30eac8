import Tensors

/// Predicts the memory of a training step from steps of smaller batches: the peak grows approximately
/// linearly with the number of faces.
package struct MemoryPlan: Sendable, Equatable {
    /// Measured peaks by batch size, smaller batches first. In bytes of the process (CPU), or as negative
    /// free bytes (GPU).
    private(set) var peaks: [(batch: Int, bytes: Int)] = []
    /// Bytes that a real step needs less than a measured one: gradients that are never all in memory at once.
    let saved: Int

    init(saved: Int = 0) { self.saved = saved }

    package static func == (a: MemoryPlan, b: MemoryPlan) -> Bool {
        a.saved == b.saved && a.peaks.map(\.batch) == b.peaks.map(\.batch)
            && a.peaks.map(\.bytes) == b.peaks.map(\.bytes)
    }

    /// Batch sizes to measure for a requested one: small ones first, so that no batch is run that is known
    /// not to fit, and none above half of it.
    static func batches(for wanted: Int, parts: Int) -> [Int] {
        // With fewer faces than microbatches, the network would run on other microbatches than in training.
        let least = max(1, parts)
        let all = [least, 2 * least, wanted / 4, wanted / 2].filter { $0 >= least && $0 < wanted }
        return Set(all).sorted()
    }

    mutating func add(batch: Int, peak: Int) {
        // Freed memory may stay allocated: a peak is never below that of a smaller batch.
        peaks.append((batch, max(peak, peaks.last?.bytes ?? peak)))
    }

    /// Bytes per additional face of the batch; `nil` before two batches were measured.
    var each: Double? {
        guard peaks.count > 1, let last = peaks.last else { return nil }
        let before = peaks[peaks.count - 2]
        return Double(last.bytes - before.bytes) / Double(last.batch - before.batch)
    }

    /// Predicted peak of a step; `nil` before two batches were measured.
    package func peak(batch: Int) -> Int? {
        guard let each, let last = peaks.last else { return nil }
        return last.bytes + Int(each * Double(batch - last.batch)) - saved
    }

    /// Largest batch whose predicted peak fits; 0 if none fits, `nil` before two batches were measured.
    package func largestBatch(in bytes: Int) -> Int? {
        guard let each, let last = peaks.last else { return nil }
        let room = Double(bytes + saved - last.bytes)
        return max(0, last.batch + Int((room / max(1, each)).rounded(.down)))
    }
}

/// Memory use of a device on one scale: bytes of this process on a CPU, negative free bytes on a GPU, whose
/// allocator does not return memory.
struct MemoryGauge {
    let device: Device

    /// Resets the peak if the system supports it.
    func begin() { if device == .cpu { MainMemory.forgetHeight() } }

    /// Peak since the last reset; `nil` if unknown.
    func height() throws -> Int? {
        try device == .cpu ? MainMemory.heldAtMost : device.freeMemory().map { -$0 }
    }

    /// Current use, and the maximum that is available.
    func now() throws -> (held: Int, limit: Int)? {
        guard device == .cpu else { return try device.freeMemory().map { (-$0, 0) } }
        guard let held = MainMemory.held, let available = MainMemory.available else { return nil }
        return (held, held + available)
    }
}
