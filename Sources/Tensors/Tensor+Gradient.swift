import CTorch

extension Tensor {
    /// Sets whether gradients are computed for this leaf (`requires_grad_`).
    package func requireGradient(_ required: Bool = true) throws {
        try Engine.call { ct_set_requires_gradient(handle, required, $0) }
    }

    /// Runs the backward pass of this one-element tensor, accumulating the gradient of every leaf that requires one.
    package func backward() throws { try Engine.call { ct_backward(handle, $0) } }

    /// The gradient accumulated so far; `nil` before the first backward pass.
    package func gradient() throws -> Tensor? {
        var out: CTTensor?
        try Engine.call { ct_gradient(handle, &out, $0) }
        return out.map { Tensor(handle: $0) }
    }

    /// The same values, detached from the graph.
    package func detached() throws -> Tensor { try Engine.tensor { ct_detach(handle, $0, $1) } }

    /// A copy of the values in the same memory layout, detached from the graph.
    package func copied() throws -> Tensor { try Engine.tensor { ct_clone(handle, $0, $1) } }
}

/// Runs `body` without recording operations for autograd. The mode is per thread, hence no `async`.
package func withoutGradient<Result>(_ body: () throws -> Result) throws -> Result {
    var previous = false
    try Engine.call { ct_set_gradient_enabled(false, &previous, $0) }
    defer {
        var ignored = false
        _ = ct_set_gradient_enabled(previous, &ignored, nil)
    }
    return try body()
}
