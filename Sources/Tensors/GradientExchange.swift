import CTorch
import Foundation

/// Sums arrays over processes that each handle a part of a batch (all-reduce).
package protocol AllReduce: AnyObject {
    /// Starts an in-place sum. Keeps the buffer until the sum completes, even if waiting for it fails.
    func begin(_ buffer: SumBuffer) throws
    /// Progresses pending sums.
    func advance() throws
    /// Waits until all sums are complete.
    func finish() throws
    /// Abandons pending sums. Their buffers are kept as long as they may be written to.
    func abandon()
}

/// A buffer of an in-place sum, owned by this object.
package final class SumBuffer {
    package let start: UnsafeMutableRawPointer
    package let count: Int
    /// Whether the values are `Double`; otherwise they are `Float`.
    package let isDouble: Bool
    /// The tensor that owns the memory; `nil` if this object does.
    private let tensor: Tensor?

    /// Copies values.
    package init(_ values: [Double]) {
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(1, values.count))
        for (index, value) in values.enumerated() { (memory + index).initialize(to: value) }
        (start, count, isDouble, tensor) = (UnsafeMutableRawPointer(memory), values.count, true, nil)
    }

    /// Uses the memory of a tensor, in float32 on the CPU.
    fileprivate init(_ tensor: Tensor, _ start: UnsafeMutablePointer<Float>, count: Int) {
        (self.start, self.count, isDouble, self.tensor) = (
            UnsafeMutableRawPointer(start), count, false, tensor
        )
    }

    deinit { if tensor == nil { start.deallocate() } }

    package var singles: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
            start: start.assumingMemoryBound(to: Float.self), count: isDouble ? 0 : count)
    }

    package var doubles: [Double] {
        [Double](
            UnsafeBufferPointer(
                start: start.assumingMemoryBound(to: Double.self), count: isDouble ? count : 0))
    }
}

extension Tensor {
    /// Runs the backward pass from this one-element tensor and sets each parameter's gradient to the mean
    /// over processes.
    ///
    /// - Parameters:
    ///   - bucket: approximate number of values per message.
    ///   - overlaps: whether communication overlaps with the backward pass. The backward pass must then visit
    ///     each parameter once (not inside `recomputed`).
    /// - Returns: a hash of the order in which gradients were sent: it must be the same in all processes.
    package func backward(
        to parameters: [Tensor], averaging sums: any AllReduce, processes: Int, bucket: Int = 1 << 20,
        overlaps: Bool
    ) throws -> UInt32 {
        let box = ExchangeBox(sums)
        var order: UInt32 = 0
        do {
            try withExtendedLifetime(box) {
                let exchange = CTExchange(
                    context: Unmanaged.passUnretained(box).toOpaque(),
                    begin: { context, handle, values, count, text in
                        guard let handle, let values else { return CTStatus(CT_FAILED) }
                        let buffer = SumBuffer(Tensor(handle: handle), values, count: Int(count))
                        return ExchangeBox.call(context, text) { try $0.begin(buffer) }
                    },
                    advance: { context, text in ExchangeBox.call(context, text) { try $0.advance() } },
                    finish: { context, text in ExchangeBox.call(context, text) { try $0.finish() } },
                    scale: 1 / Double(processes), bucket: Int64(bucket), overlaps: overlaps)
                try Engine.call {
                    ct_backward_exchanging(
                        handle, parameters.map(\.handle), Int32(parameters.count), exchange, &order, $0)
                }
            }
        } catch {
            sums.abandon()
            // The error of the sum is more specific than the engine's.
            throw box.failure ?? error
        }
        return order
    }
}

/// Context of the engine's callbacks.
private final class ExchangeBox {
    private let sums: any AllReduce
    private(set) var failure: (any Error)?

    init(_ sums: any AllReduce) { self.sums = sums }

    static func call(
        _ context: UnsafeMutableRawPointer?, _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
        _ body: (any AllReduce) throws -> Void
    ) -> CTStatus {
        guard let context else { return CTStatus(CT_FAILED) }
        let box = Unmanaged<ExchangeBox>.fromOpaque(context).takeUnretainedValue()
        do {
            try body(box.sums)
            return CTStatus(CT_OK)
        } catch {
            box.failure = error
            text?.pointee = strdup("\(error)")
            return CTStatus(CT_FAILED)
        }
    }
}
