import Tensors

/// Exponential moving average (EMA) of a network's parameters, stored in a second network with the same
/// parameter names.
package struct MovingAverage {
    private let averaged: [Tensor]
    private let followed: [Tensor]
    private let decay: Double

    /// - Parameter decay: weight of the previous average, after warm-up.
    package init(of store: ParameterStore, in average: ParameterStore, decay: Double) throws {
        guard store.names == average.names else {
            throw TensorError(.mismatch, "an average belongs to a network with the same parameters")
        }
        averaged = average.tensors
        followed = store.tensors
        self.decay = decay
    }

    /// Updates the average. The effective decay is smaller in the first steps, so that the initial values are
    /// quickly replaced.
    package func update(step: Int) throws {
        let warm = min(decay, (1 + Double(step)) / (10 + Double(step)))
        try ParameterUpdates.interpolate(averaged, towards: followed, by: 1 - warm)
    }
}
