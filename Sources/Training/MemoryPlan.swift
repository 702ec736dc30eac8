import Tensors

/// What memory steps of a batch will take, foretold from steps of smaller ones: the peak grows by about the same for each
/// face.
package struct MemoryPlan: Sendable, Equatable {
    /// Peaks of batches that were rehearsed, the smaller batches first. In bytes of the process (CPU), or below 0 by what was
    /// still free (GPU).
    private(set) var peaks: [(batch: Int, bytes: Int)] = []
    /// Bytes that a step needs less than a rehearsal: gradients that are never all there at once.
    let saved: Int

    init(saved: Int = 0) { self.saved = saved }

    package static func == (a: MemoryPlan, b: MemoryPlan) -> Bool {
        a.saved == b.saved && a.peaks.map(\.batch) == b.peaks.map(\.batch)
            && a.peaks.map(\.bytes) == b.peaks.map(\.bytes)
    }

    /// Batches that are worth a rehearsal for one that is wanted: small ones first, so that nothing is tried that is
    /// known not to fit, and none above half of it.
    static func batches(for wanted: Int, parts: Int) -> [Int] {
        // In fewer faces than parts a network sees other parts than it will.
        let least = max(1, parts)
        let all = [least, 2 * least, wanted / 4, wanted / 2].filter { $0 >= least && $0 < wanted }
        return Set(all).sorted()
    }

    mutating func add(batch: Int, peak: Int) {
        // What was given back may be held all the same: a peak never tells less than one of a smaller batch.
        peaks.append((batch, max(peak, peaks.last?.bytes ?? peak)))
    }

    /// Bytes of each further face of the batch; nil before two batches were rehearsed.
    var each: Double? {
        guard peaks.count > 1, let last = peaks.last else { return nil }
        let before = peaks[peaks.count - 2]
        return Double(last.bytes - before.bytes) / Double(last.batch - before.batch)
    }

    /// The peak of a step of a batch; nil before two batches were rehearsed.
    package func peak(batch: Int) -> Int? {
        guard let each, let last = peaks.last else { return nil }
        return last.bytes + Int(each * Double(batch - last.batch)) - saved
    }

    /// The greatest batch whose peak is no more; 0 where none is, nil before two batches were rehearsed.
    package func largestBatch(in bytes: Int) -> Int? {
        guard let each, let last = peaks.last else { return nil }
        let room = Double(bytes + saved - last.bytes)
        return max(0, last.batch + Int((room / max(1, each)).rounded(.down)))
    }
}

/// How full a device's memory is, on one scale: bytes of this process on a CPU, bytes below what is free on a GPU, whose
/// allocator gives nothing back.
struct MemoryGauge {
    let device: Device

    /// Forgets earlier heights where that can be done.
    func begin() { if device == .cpu { MainMemory.forgetHeight() } }

    /// The height since then; nil where nobody knows.
    func height() throws -> Int? {
        try device == .cpu ? MainMemory.heldAtMost : device.freeMemory().map { -$0 }
    }

    /// What is held now, and what may be at most.
    func now() throws -> (held: Int, limit: Int)? {
        guard device == .cpu else { return try device.freeMemory().map { (-$0, 0) } }
        guard let held = MainMemory.held, let available = MainMemory.available else { return nil }
        return (held, held + available)
    }
}
