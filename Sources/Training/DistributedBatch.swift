import NeuralNetworks
import Tensors

/// A batch that several processes share, seen from one of them: what it takes of it, and what all must know together. Alone, it
/// is the whole batch.
struct DistributedBatch {
    let processGroup: (any ProcessGroup)?
    let part: BatchPart

    static var alone: DistributedBatch { DistributedBatch(nil) }

    init(_ processGroup: (any ProcessGroup)?) {
        self.processGroup = processGroup
        part = processGroup.map { BatchPart(rank: $0.rank, count: $0.count) } ?? .whole
    }

    /// The mean of a value over all parts, without a gradient; the value itself for one who is alone. Waits for the others.
    func mean(_ value: Tensor) throws -> Tensor {
        guard let processGroup else { return value }
        let sum = try processGroup.sum(value.detached().to(.float64).values(as: Double.self))
        return try Tensor(
            sum.map { Float($0 / Double(part.count)) }, shape: value.shape, device: value.device)
    }

    /// The sum of a value over all parts. Gradients flow to this part's share of it: where each rank does the same with the sum,
    /// the gradients of all ranks together are those of one process with the whole batch.
    func sum(_ value: Tensor) throws -> Tensor {
        guard processGroup != nil else { return value }
        return try value + (mean(value) * Double(part.count) - value.detached())
    }

    /// Goes the way back and gives each parameter the mean of its gradient over all parts.
    ///
    /// - Parameter overlaps: whether sending begins on the way; not where parts of the way are gone twice.
    func backward(from loss: Tensor, to parameters: [Tensor], overlaps: Bool) throws {
        guard let processGroup else { return try loss.backward() }
        let order = try loss.backward(
            to: parameters, averaging: processGroup, processes: processGroup.count, overlaps: overlaps)
        try processGroup.requireEqual([Double(order)], "the order of their gradients")
    }
}
