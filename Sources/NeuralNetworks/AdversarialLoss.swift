import Tensors

/// GAN losses of a discriminator and its generator, computed from logits, which are positive for samples
/// classified as real.
package enum AdversarialLoss: String, Sendable, Codable, CaseIterable {
    /// The non-saturating logistic loss (Goodfellow et al. 2014, section 3).
    case logistic
    /// Squared distances to 1 for real and 0 for generated samples (LSGAN; Mao et al. 2017, equation 9).
    case squares

    /// Discriminator loss; 0 if all samples are classified correctly.
    package func discriminator(true real: Tensor, drawn: Tensor) throws -> Tensor {
        switch self {
        case .logistic: try softplus(real.negated()).mean() + softplus(drawn).mean()
        case .squares: try ((real - 1).squared().mean() + drawn.squared().mean()) * 0.5
        }
    }

    /// Generator loss; 0 if the discriminator classifies all generated samples as real.
    package func generator(drawn: Tensor) throws -> Tensor {
        switch self {
        case .logistic: try softplus(drawn.negated()).mean()
        case .squares: try (drawn - 1).squared().mean() * 0.5
        }
    }

    /// log(1 + eˣ), without overflow.
    private func softplus(_ x: Tensor) throws -> Tensor {
        try relu(x) + (x.absolute().negated().exponential() + 1).logarithm()
    }
}
