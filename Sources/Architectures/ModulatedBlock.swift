import NeuralNetworks
import Tensors

/// Residual block of two 3×3 convolutions. Its initial value is the identity: the last convolution is
/// initialized to zero.
///
/// Shapes: `[N, C, H, W]` → the same. Parameters: `first`, `second` (convolutions).
struct ResidualBlock {
    let first: Convolution
    let second: Convolution

    init(_ scope: Scope, channels: Int) throws {
        first = try Convolution(
            scope / "first", inputs: channels, outputs: channels, kernel: 3, initial: .forLeakyReLU)
        second = try Convolution(
            scope / "second", inputs: channels, outputs: channels, kernel: 3, initial: .zeros)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try x + second(activated(first(activated(x)))) }
}

/// A residual block with FiLM conditioning between the convolutions (Perez et al. 2018), with separate styles
/// for the upper and the lower face.
///
/// Parameters: those of the residual block, and `modulation` (dense, 2·C outputs), initialized to zero.
struct ModulatedBlock {
    private let convolutions: ResidualBlock
    private let modulation: Dense
    private let channels: Int

    init(_ scope: Scope, channels: Int, style: Int) throws {
        self.channels = channels
        convolutions = try ResidualBlock(scope, channels: channels)
        modulation = try Dense(scope / "modulation", inputs: style, outputs: 2 * channels, initial: .zeros)
    }

    /// Shapes: `[N, C, G, G]` → the same.
    func callAsFunction(_ x: Tensor, style: RegionalStyle) throws -> Tensor {
        let both = try style.spread { try modulation($0).reshaped(-1, 2 * channels, 1, 1) }
        let halves = try both.split([channels, channels], axis: 1)
        let inner = try convolutions.first(activated(x)) * (halves[0] + 1) + halves[1]
        return try x + convolutions.second(activated(inner))
    }
}

/// Style vectors that modulate the decoders: one for the upper face and one for the lower, so that mouth
/// movements do not affect the eyes.
package struct RegionalStyle {
    /// `[N, S]`
    let upper: Tensor
    let lower: Tensor
    /// Weight of the upper style in each row: `[1, 1, G, 1]`, 1 at the top and 0 at the bottom.
    let weight: Tensor

    /// Applies a function to both styles and blends the results by rows.
    func spread(_ make: (Tensor) throws -> Tensor) throws -> Tensor {
        let (above, below) = (try make(upper), try make(lower))
        return try below + (above - below) * weight
    }

    /// Styles of some of the faces.
    package func slice(_ rows: Range<Int>) throws -> RegionalStyle {
        RegionalStyle(
            upper: try upper.slice(rows, axis: 0), lower: try lower.slice(rows, axis: 0), weight: weight)
    }
}

/// Activation of the `dimorph` family.
func activated(_ x: Tensor) throws -> Tensor { try leakyReLU(x, slope: 0.1) }

extension InitialValue {
    /// Gain that preserves the variance through a leaky ReLU of slope 0.1 (He et al. 2015).
    static let forLeakyReLU = InitialValue.scaledNormal(gain: (2 / 1.01).squareRoot())
}
