import Tensors

/// Something with parameters that turns one tensor into another.
package protocol Layer {
    func callAsFunction(_ x: Tensor) throws -> Tensor
}

/// Layers one after the other.
package struct Sequence: Layer {
    package let layers: [any Layer]

    package init(_ layers: [any Layer]) { self.layers = layers }

    package func callAsFunction(_ x: Tensor) throws -> Tensor {
        var x = x
        for layer in layers { x = try layer(x) }
        return x
    }
}
