import CTorch
import Foundation

/// Sums arrays over processes that each compute a part of a batch.
package protocol AllReduce: AnyObject {
    /// Starts the in-place sum of one array. Keeps the buffer until the sum is complete, even if waiting for it fails.
    func begin(_ buffer: SumBuffer) throws
    /// Makes progress on pending sums.
    func advance() throws
    /// Waits for all sums.
    func finish() throws
    /// Stops waiting for pending sums. Their buffers are kept as long as something may write to them.
    func abandon()
}

/// A buffer that is summed in place, kept alive by references to this object.
package final class SumBuffer {
    package let start: UnsafeMutableRawPointer
    package let count: Int
    /// Whether the elements are `Double`; otherwise they are `Float`.
    package let isDouble: Bool
    /// The tensor that owns the memory; `nil` if this object owns it.
    private let tensor: Tensor?

    /// A copy of the values.
    package init(_ values: [Double]) {
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(1, values.count))
        for (index, value) in values.enumerated() { (memory + index).initialize(to: value) }
        (start, count, isDouble, tensor) = (UnsafeMutableRawPointer(memory), values.count, true, nil)
    }

    /// The elements of a float32 tensor on the CPU.
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
    /// Runs the backward pass of this one-element tensor and replaces each parameter's gradient by its mean over processes.
    ///
    /// - Parameters:
    ///   - bucket: number of elements that are sent together.
    ///   - overlaps: whether sending starts during the backward pass. Each parameter must then be reached once (not the case
    ///     inside `recomputed`).
    /// - Returns: a hash of the order in which gradients were sent: it must be equal in all processes.
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
            // The error of the sum is more specific than the engine's message.
            throw box.failure ?? error
        }
        return order
    }
}

/// The context of the engine's callbacks.
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
