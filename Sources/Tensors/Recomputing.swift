import CTorch

/// Activation checkpointing: runs a function without storing its intermediate results and runs it a second time in the
/// backward pass (Chen, Xu, Zhang and Guestrin 2016). Gradients are the same; memory is needed for one such function at a
/// time; the cost is a second forward pass.
///
/// `body` must return the same results both times: its random numbers must start from the same state. Captured parameters
/// receive their gradients as usual.
package func recomputed(
    _ inputs: [Tensor], _ body: @escaping ([Tensor]) throws -> [Tensor]
) throws -> [Tensor] {
    let handles: [CTTensor?] = inputs.map(\.handle)
    return try TensorFunction.results {
        ct_recomputed(handles, Int32(handles.count), TensorFunction.raw(body), $0, $1, $2, $3)
    }
}

/// Autocast: runs matrix products and convolutions of `body` in bfloat16, and range-sensitive operations in float32;
/// parameters keep their type. Results may be bfloat16: convert them to float32 before the loss.
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
