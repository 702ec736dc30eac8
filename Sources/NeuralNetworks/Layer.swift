import Tensors

/// A module with parameters that maps one tensor to another.
package protocol Layer {
    func callAsFunction(_ x: Tensor) throws -> Tensor
}

/// A sequence of layers.
package struct Sequence: Layer {
    package let layers: [any Layer]

    package init(_ layers: [any Layer]) { self.layers = layers }

    package func callAsFunction(_ x: Tensor) throws -> Tensor {
        var x = x
        for layer in layers { x = try layer(x) }
        return x
    }
}
