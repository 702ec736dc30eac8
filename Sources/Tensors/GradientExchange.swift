import CTorch
import Foundation

/// Adds up arrays over processes that each take a part of a batch.
package protocol SumOverProcesses: AnyObject {
    /// Begins with one array, in place; it stays where it is until `finish`.
    func begin(_ values: UnsafeMutableBufferPointer<Float>) throws
    /// Lets sums get on.
    func advance() throws
    /// Waits until all sums are done.
    func finish() throws
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
        to parameters: [Tensor], averaging sums: any SumOverProcesses, processes: Int, bucket: Int = 1 << 20,
        overlaps: Bool
    ) throws -> UInt32 {
        let box = ExchangeBox(sums)
        var order: UInt32 = 0
        do {
            try withExtendedLifetime(box) {
                let exchange = CTExchange(
                    context: Unmanaged.passUnretained(box).toOpaque(),
                    begin: { context, values, count, text in
                        ExchangeBox.call(context, text) {
                            try $0.begin(UnsafeMutableBufferPointer(start: values, count: Int(count)))
                        }
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
            // What the sum failed with says more than the engine's words for it.
            throw box.failure ?? error
        }
        return order
    }
}

/// What the engine's callbacks work on.
private final class ExchangeBox {
    private let sums: any SumOverProcesses
    private(set) var failure: (any Error)?

    init(_ sums: any SumOverProcesses) { self.sums = sums }

    static func call(
        _ context: UnsafeMutableRawPointer?, _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
        _ body: (any SumOverProcesses) throws -> Void
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
