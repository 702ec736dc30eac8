import CTorch

/// Runs a function without keeping what it computes on the way; when gradients ask for it, the function is run a
/// second time (activation checkpointing; Chen, Xu, Zhang and Guestrin 2016). Gradients are the same, memory is
/// that of one such function at a time, and the time that of a second forward pass.
///
/// `body` must give the same both times: random numbers that it draws have to begin from the same place. Parameters
/// that it captures get their gradients as otherwise.
package func recomputed(
    _ inputs: [Tensor], _ body: @escaping ([Tensor]) throws -> [Tensor]
) throws -> [Tensor] {
    let handles: [CTTensor?] = inputs.map(\.handle)
    return try TensorFunction.results {
        ct_recomputed(handles, Int32(handles.count), TensorFunction.raw(body), $0, $1, $2, $3)
    }
}

/// Runs what `body` computes of matrix products and convolutions in bfloat16, and what needs the range in float32;
/// parameters stay as they are. Results may be bfloat16: bring them to float32 before the loss.
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
