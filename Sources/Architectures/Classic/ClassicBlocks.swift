import NeuralNetworks
import Tensors

/// Activations of the networks of DeepFaceLab and faceswap.
enum Activation: Sendable {
    case leakyReLU(slope: Double)
    /// x · cos x: option `c` of DeepFaceLab's networks.
    case cosine

    /// Applies the activation in place if that saves memory; x must not be used elsewhere.
    func callAsFunction(_ x: Tensor) throws -> Tensor {
        switch self {
        case .leakyReLU(let slope): try Tensors.leakyReLU(consuming: x, slope: slope)
        case .cosine: try x * x.cosine()
        }
    }

    /// Gain that preserves the variance: for leaky ReLU, He et al. 2015; x · cos x is approximately x around
    /// zero.
    var gain: Double {
        switch self {
        case .leakyReLU(let slope): (2 / (1 + slope * slope)).squareRoot()
        case .cosine: 1
        }
    }
}

/// Halves the resolution: 5×5 convolution with stride 2, then the activation.
///
/// Shapes: `[N, inputs, H, W]` → `[N, outputs, ⌈H/2⌉, ⌈W/2⌉]`. Parameters: `{weight,bias}`.
struct Downscale: Layer {
    private let convolution: Convolution
    private let activation: Activation

    init(_ scope: Scope, inputs: Int, outputs: Int, activation: Activation) throws {
        self.activation = activation
        convolution = try Convolution(
            scope, inputs: inputs, outputs: outputs, kernel: 5, stride: 2,
            initial: .scaledNormal(gain: activation.gain))
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try activation(convolution(x)) }
}

/// Doubles the resolution: 3×3 convolution to four times the channels, the activation, pixel shuffle.
///
/// The four channels that lie side by side begin alike (ICNR). Shapes: `[N, inputs, H, W]` →
/// `[N, outputs, 2·H, 2·W]`. Parameters: `{weight,bias}`.
struct Upscale: Layer {
    private let convolution: Convolution
    private let activation: Activation

    init(_ scope: Scope, inputs: Int, outputs: Int, activation: Activation) throws {
        self.activation = activation
        convolution = try Convolution(
            scope, inputs: inputs, outputs: 4 * outputs, kernel: 3,
            initial: .shuffled(factor: 2, gain: activation.gain))
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try activation(convolution(x)).pixelShuffled(2) }
}

/// Two 3×3 convolutions added to what comes in, an activation after the first and after the sum.
///
/// Shapes: `[N, C, H, W]` → the same. Parameters: `first`, `second` (convolutions).
struct AddedPair: Layer {
    private let first: Convolution
    private let second: Convolution
    private let activation: Activation

    init(_ scope: Scope, channels: Int, activation: Activation) throws {
        self.activation = activation
        func convolution(_ name: String) throws -> Convolution {
            try Convolution(
                scope / name, inputs: channels, outputs: channels, kernel: 3,
                initial: .scaledNormal(gain: activation.gain))
        }
        (first, second) = (try convolution("first"), try convolution("second"))
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor { try activation(second(activation(first(x))) + x) }
}

/// Projects a vector to a feature map: a dense layer to `[N, channels, side, side]`.
///
/// Parameters: `{weight,bias}`.
struct Spread: Layer {
    private let dense: Dense
    private let channels: Int
    private let side: Int

    init(_ scope: Scope, inputs: Int, channels: Int, side: Int) throws {
        (self.channels, self.side) = (channels, side)
        dense = try Dense(scope, inputs: inputs, outputs: channels * side * side)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        try dense(x).reshaped(-1, channels, side, side).channelsLast()
    }
}

extension Tensor {
    /// Scaled to a mean square of 1 over everything but the first axis (Karras et al. 2018, 4.2). Shapes:
    /// `[N, M]` → the same.
    func pixelNormalised() throws -> Tensor {
        try self * (squared().mean(1, keep: true) + 1e-6).reciprocalSquareRoot()
    }
}
