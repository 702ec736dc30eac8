import NeuralNetworks

/// Settings of the discriminator loss and of the discriminator's optimizer.
package struct GANSettings: Sendable, Codable, Equatable {
    /// Weight of the generator loss; 0 to disable it. 0.1 is a reasonable start.
    package var weight = 0.0
    /// Fraction of the training after which the discriminator is used, so that the face is roughly right
    /// before it is sharpened.
    package var start = 0.75
    /// Patch size (receptive field) of the discriminator, in pixels; 0 for an eighth of the face's side.
    package var patch = 0
    /// Channels of the first layer.
    package var channels = 16
    package var loss = AdversarialLoss.logistic
    /// Learning rate of the discriminator; constant.
    package var rate = 2e-4
    /// Betas of the optimizer. The first is lower than the network's because the discriminator's inputs
    /// change during training.
    package var betas = [0.5, 0.99]

    package init() {}
}
