import CTorch

/// Runs a function without storing its intermediate results and runs it again in the backward pass
/// (activation checkpointing; Chen, Xu, Zhang and Guestrin 2016). The gradients are the same; memory is that
/// of one such function at a time, and the time increases by a second forward pass.
///
/// `body` must return the same results both times: random numbers must start from the same state. Parameters
/// that it captures receive their gradients as usual.
package func recomputed(
    _ inputs: [Tensor], _ body: @escaping ([Tensor]) throws -> [Tensor]
) throws -> [Tensor] {
    let handles: [CTTensor?] = inputs.map(\.handle)
    return try TensorFunction.results {
        ct_recomputed(handles, Int32(handles.count), TensorFunction.raw(body), $0, $1, $2, $3)
    }
}

/// Runs matrix products and convolutions in `body` in bfloat16 and operations that need the range in float32
/// (autocast); parameters are unchanged. Results may be bfloat16: convert them to float32 before the loss.
package func inReducedPrecision<Result>(on device: Device, _ body: () throws -> Result) throws -> Result {
    var previous = false
    try Engine.call { ct_set_autocast(device.raw, ElementType.bfloat16.raw, true, &previous, $0) }
    let isInner = previous
    defer {
        if !isInner {
            _ = ct_set_autocast(device.raw, ElementType.bfloat16.raw, false, &previous, nil)
        }
    }
    return try body()
}
