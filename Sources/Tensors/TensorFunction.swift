import CTorch
import Foundation

/// Wraps a Swift function over tensors as a `CTFunction`.
enum TensorFunction {
    typealias Body = ([Tensor]) throws -> [Tensor]

    private final class Box {
        let body: Body
        init(_ body: @escaping Body) { self.body = body }
    }

    /// The C representation of `body`. The engine frees its context with `release`.
    static func raw(_ body: @escaping Body) -> CTFunction {
        CTFunction(
            context: Unmanaged.passRetained(Box(body)).toOpaque(),
            call: { context, inputs, count, outputs, filled, text in
                let given = (0..<Int(count)).compactMap { inputs?[$0].map { Tensor(handle: $0) } }
                guard let context, let outputs, let filled else { return CTStatus(CT_FAILED) }
                do {
                    let body = Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().body
                    let results = try body(given)
                    guard results.count <= Int(CT_MAXIMUM_RESULTS) else {
                        throw TensorError(.invalidOperation, "a function returned \(results.count) tensors")
                    }
                    for (index, result) in results.enumerated() {
                        try Engine.call { ct_share(result.handle, outputs + index, $0) }
                        filled.pointee += 1
                    }
                    return CTStatus(CT_OK)
                } catch {
                    text?.pointee = strdup("\(error)")
                    let isMemory = (error as? TensorError)?.code == .outOfMemory
                    return CTStatus(isMemory ? CT_OUT_OF_MEMORY : CT_FAILED)
                }
            },
            release: { context in context.map { Unmanaged<Box>.fromOpaque($0).release() } })
    }

    /// The tensors that a function of the engine stores in an array of `CT_MAXIMUM_RESULTS` elements.
    static func results(
        _ operation: (
            _ outputs: UnsafeMutablePointer<CTTensor?>, _ capacity: Int32,
            _ filled: UnsafeMutablePointer<Int32>,
            _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
        ) -> CTStatus
    ) throws -> [Tensor] {
        var outputs = [CTTensor?](repeating: nil, count: Int(CT_MAXIMUM_RESULTS))
        var filled: Int32 = 0
        try Engine.call { operation(&outputs, Int32(CT_MAXIMUM_RESULTS), &filled, $0) }
        return outputs.prefix(Int(filled)).compactMap { $0.map { Tensor(handle: $0) } }
    }
}
