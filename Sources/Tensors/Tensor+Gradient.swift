import CTorch

extension Tensor {
    /// Marks this leaf as one that gradients are wanted for.
    package func requireGradient(_ required: Bool = true) throws {
        try Engine.call { ct_set_requires_gradient(handle, required, $0) }
    }

    /// Adds the derivative of this one-element tensor to the gradient of every leaf that asked for it.
    package func backward() throws { try Engine.call { ct_backward(handle, $0) } }

    /// The gradient gathered so far; nil before the first.
    package func gradient() throws -> Tensor? {
        var out: CTTensor?
        try Engine.call { ct_gradient(handle, &out, $0) }
        return out.map { Tensor(handle: $0) }
    }

    /// The same values, without the operations that made them.
    package func detached() throws -> Tensor { try Engine.tensor { ct_detach(handle, $0, $1) } }

    /// The same values in memory of their own, laid out alike, without the operations that made them.
    package func copied() throws -> Tensor { try Engine.tensor { ct_clone(handle, $0, $1) } }
}

/// Runs `body` without recording operations for gradients. The mode belongs to the calling thread, hence no
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
