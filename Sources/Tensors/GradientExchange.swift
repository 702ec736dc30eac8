import CTorch
import Foundation

/// Adds up arrays over processes that each take a part of a batch.
package protocol AllReduce: AnyObject {
    /// Begins with one array, in place. Keeps the buffer until the sum is done, also when waiting for it fails.
    func begin(_ buffer: SumBuffer) throws
    /// Lets sums get on.
    func advance() throws
    /// Waits until all sums are done.
    func finish() throws
    /// Stops waiting for sums that were begun. Their buffers are kept as long as something may write to them.
    func abandon()
}

/// Numbers that are added up in place, owned by whoever holds this object.
package final class SumBuffer {
    package let start: UnsafeMutableRawPointer
    package let count: Int
    /// Whether the numbers are `Double`; they are `Float` otherwise.
    package let isDouble: Bool
    /// The tensor whose numbers these are; `nil` if the memory is this object's.
    private let tensor: Tensor?

    /// A copy of numbers.
    package init(_ values: [Double]) {
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(1, values.count))
        for (index, value) in values.enumerated() { (memory + index).initialize(to: value) }
        (start, count, isDouble, tensor) = (UnsafeMutableRawPointer(memory), values.count, true, nil)
    }

    /// The numbers of a tensor, in float32 on the CPU.
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
    /// Adds the derivative of this one-element tensor to the gradients of parameters, and gives each the mean of that gradient
    /// over processes.
    ///
    /// - Parameters:
    ///   - bucket: how many numbers are sent together.
    ///   - overlaps: whether sending begins while the way back is still being gone. The way back must come by each
    ///     parameter once then (not so inside `recomputed`).
    /// - Returns: a number that tells in which order gradients were sent: it must be the same in all processes.
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
            // What the sum failed with says more than the engine's words for it.
            throw box.failure ?? error
        }
        return order
    }
}

/// What the engine's callbacks work on.
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
