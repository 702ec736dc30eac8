import Tensors

/// What a discriminator and whoever misleads it strive for, from its logits, which are positive for what it holds true.
package enum AdversarialLoss: String, Sendable, Codable, CaseIterable {
    /// The non-saturating logistic loss (Goodfellow et al. 2014, section 3).
    case logistic
    /// Squared distances to 1 for true and 0 for drawn (LSGAN; Mao et al. 2017, equation 9).
    case squares

    /// The discriminator's: 0 where it is always right.
    package func discriminator(true real: Tensor, drawn: Tensor) throws -> Tensor {
        switch self {
        case .logistic: try softplus(real.negated()).mean() + softplus(drawn).mean()
        case .squares: try ((real - 1).squared().mean() + drawn.squared().mean()) * 0.5
        }
    }

    /// The generator's: 0 where the discriminator holds all that is drawn true.
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
