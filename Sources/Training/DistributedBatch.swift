import NeuralNetworks
import Tensors

/// A batch that several processes share, as seen by one of them: its part of the batch, and collective
/// operations over all parts. With a single process it is the whole batch.
struct DistributedBatch {
    let processGroup: (any ProcessGroup)?
    let part: BatchPart

    static var alone: DistributedBatch { DistributedBatch(nil) }

    init(_ processGroup: (any ProcessGroup)?) {
        self.processGroup = processGroup
        part = processGroup.map { BatchPart(rank: $0.rank, count: $0.count) } ?? .whole
    }

    /// Mean of a value over all parts, without a gradient; the value itself in a single process. Waits for
    /// the other processes.
    func mean(_ value: Tensor) throws -> Tensor {
        guard let processGroup else { return value }
        let sum = try processGroup.sum(value.detached().to(.float64).values(as: Double.self))
        return try Tensor(
            sum.map { Float($0 / Double(part.count)) }, shape: value.shape, device: value.device)
    }

    /// Sum of a value over all parts. Gradients flow to this part's share: if each rank uses the sum alike,
    /// the gradients of all ranks together equal those of one process with the whole batch.
    func sum(_ value: Tensor) throws -> Tensor {
        guard processGroup != nil else { return value }
        return try value + (mean(value) * Double(part.count) - value.detached())
    }

    /// Runs the backward pass and sets each parameter's gradient to the mean over all parts.
    ///
    /// - Parameter overlaps: whether communication starts during the backward pass; not allowed if parts of
    ///   the graph are traversed twice.
    func backward(from loss: Tensor, to parameters: [Tensor], overlaps: Bool) throws {
        guard let processGroup else { return try loss.backward() }
        let order = try loss.backward(
            to: parameters, averaging: processGroup, processes: processGroup.count, overlaps: overlaps)
        try processGroup.requireEqual([Double(order)], "the order of their gradients")
    }
}
