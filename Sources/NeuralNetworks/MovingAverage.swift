import Tensors

/// An exponential moving average of a network's parameters, kept in a second network of the same names.
package struct MovingAverage {
    private let averaged: [Tensor]
    private let followed: [Tensor]
    private let decay: Double

    /// - Parameter decay: share of the old average that a step keeps, once warmed up.
    package init(of store: ParameterStore, in average: ParameterStore, decay: Double) throws {
        guard store.names == average.names else {
            throw TensorError(.mismatch, "an average belongs to a network with the same parameters")
        }
        averaged = average.tensors
        followed = store.tensors
        self.decay = decay
    }

    /// Moves the average towards the parameters. Early on it follows faster, so that the first values are
    /// soon forgotten.
    package func update(step: Int) throws {
        let warm = min(decay, (1 + Double(step)) / (10 + Double(step)))
        try ParameterUpdates.interpolate(averaged, towards: followed, by: 1 - warm)
    }
}
