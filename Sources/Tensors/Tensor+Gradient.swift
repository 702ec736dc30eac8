import CTorch

extension Tensor {
    /// Marks this leaf as requiring gradients.
    package func requireGradient(_ required: Bool = true) throws {
        try Engine.call { ct_set_requires_gradient(handle, required, $0) }
    }

    /// Runs the backward pass from this one-element tensor and accumulates the gradient of every leaf that
    /// requires it.
    package func backward() throws { try Engine.call { ct_backward(handle, $0) } }

    /// The accumulated gradient; `nil` before the first backward pass.
    package func gradient() throws -> Tensor? {
        var out: CTTensor?
        try Engine.call { ct_gradient(handle, &out, $0) }
        return out.map { Tensor(handle: $0) }
    }

    /// The same values, detached from the graph.
    package func detached() throws -> Tensor { try Engine.tensor { ct_detach(handle, $0, $1) } }

    /// A copy with the same memory layout, detached from the graph.
    package func copied() throws -> Tensor { try Engine.tensor { ct_clone(handle, $0, $1) } }
}

/// Runs `body` without recording a graph (no-grad mode). The mode belongs to the calling thread, hence no
/// `async`.
package func withoutGradient<Result>(_ body: () throws -> Result) throws -> Result {
    var previous = false
    try Engine.call { ct_set_gradient_enabled(false, &previous, $0) }
    defer {
        var ignored = false
        _ = ct_set_gradient_enabled(previous, &ignored, nil)
    }
    return try body()
}
