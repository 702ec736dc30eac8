import Tensors

/// Counts the operations of a forward pass of a network on the meta device.
package final class OperationCounter {
    /// Products of an activation and a weight.
    package private(set) var multiplications = 0
    /// Numbers that go into layers with weights and come out of them: what must be kept for the way back.
    package private(set) var activations = 0

    package init() {}

    /// - Parameter each: products that make one number of the result.
    package func add(_ input: Tensor, _ result: Tensor, each: Int) {
        multiplications += result.count * each
        activations += input.count + result.count
    }
}
