import Tensors

/// Counts the operations of a network's forward pass on meta tensors.
package final class OperationCounter {
    /// Multiply-adds of activations and weights.
    package private(set) var multiplications = 0
    /// Numbers of elements in the inputs and outputs of layers with weights: activations stored for the
    /// backward pass.
    package private(set) var activations = 0

    package init() {}

    /// - Parameter each: multiply-adds per output element.
    package func add(_ input: Tensor, _ result: Tensor, each: Int) {
        multiplications += result.count * each
        activations += input.count + result.count
    }
}
