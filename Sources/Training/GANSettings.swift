import NeuralNetworks

/// A discriminator that learns beside the network and pays it for drawing what looks true.
package struct GANSettings: Sendable, Codable, Equatable {
    /// Weight of its word in the network's loss; 0 for none. 0.1 is a beginning.
    package var weight = 0.0
    /// Share of the training that is done before it takes part: what it sharpens should be right first.
    package var start = 0.75
    /// Side of the patches that it judges, in pixels; 0 for an eighth of the face's.
    package var patch = 0
    /// Channels of its finest layer.
    package var channels = 16
    package var loss = AdversarialLoss.logistic
    /// Its learning rate, which does not change.
    package var rate = 2e-4
    /// Betas of its optimizer: a lower first one than the network's, because what it judges moves.
    package var betas = [0.5, 0.99]

    package init() {}
}
