import NeuralNetworks
import Tensors

/// Discriminator of real and generated faces, with logits per patch and per pixel.
///
/// A U-Net (Ronneberger, Fischer and Brox 2015) with an output at its bottleneck, whose receptive field is
/// approximately the requested patch size, and another at full resolution (Schönfeld, Schiele and Khoreva
/// 2020).
///
/// Shapes: `[N, 3, R, R]` in 0…1 → logits `[N, 1, R/2ʰ, R/2ʰ]` and `[N, 1, R, R]`, positive for real faces.
/// Parameters: `stem`, `down.i`, `deep.i`, `up.i`, `patches`, `pixels` (convolutions).
package struct PatchDiscriminator {
    package let field: PatchField
    private let stem: Convolution
    private let down: [Convolution]
    private let deep: [Convolution]
    private let up: [Convolution]
    private let patches: Convolution
    private let pixels: Convolution

    /// - Parameters:
    ///   - patch: patch size (receptive field), in pixels; about an eighth of the face's side.
    ///   - side: side lengths of the faces.
    ///   - channels: channels of the first layer; each downsampling doubles them, up to 512.
    package init(_ scope: Scope, patch: Int, side: Int, channels: Int) throws {
        field = PatchField(patch: patch, side: side)
        func width(_ level: Int) -> Int { min(512, channels << level) }
        func convolution(_ name: Scope, _ inputs: Int, _ outputs: Int, stride: Int = 1) throws -> Convolution
        {
            try Convolution(
                name, inputs: inputs, outputs: outputs, kernel: 3, stride: stride, initial: .forLeakyReLU)
        }
        stem = try convolution(scope / "stem", 3, channels)
        down = try (0..<field.halvings).map {
            try convolution(scope / "down" / "\($0)", width($0), width($0 + 1), stride: 2)
        }
        let bottom = width(field.halvings)
        deep = try (0..<field.deepLayers).map { try convolution(scope / "deep" / "\($0)", bottom, bottom) }
        // Each upsampling block takes the lower level's output and the skip connection of its own level.
        up = try (0..<field.halvings).map {
            try convolution(scope / "up" / "\($0)", width($0 + 1) + width($0), width($0))
        }
        patches = try Convolution(scope / "patches", inputs: bottom, outputs: 1, kernel: 1)
        pixels = try Convolution(scope / "pixels", inputs: channels, outputs: 1, kernel: 1)
    }

    package func callAsFunction(_ faces: Tensor) throws -> [Tensor] {
        var levels = [try rectified(stem((faces * 2 - 1).channelsLast()))]
        for layer in down {
            guard let last = levels.last else { break }
            levels.append(try rectified(layer(last)))
        }
        var x = levels.removeLast()
        for layer in deep { x = try rectified(layer(x)) }
        let verdict = try patches(x)
        for (layer, level) in zip(up, levels).reversed() {
            let grown = try resizedNearest(x, height: level.shape[2], width: level.shape[3])
            x = try rectified(layer(concatenated([grown, level], axis: 1)))
        }
        return [verdict, try pixels(x)]
    }

    private func rectified(_ x: Tensor) throws -> Tensor { try leakyReLU(x, slope: 0.2) }
}

/// Layers of 3×3 convolutions for a given receptive field: one at full resolution, some with stride 2, and
/// some at the lowest resolution.
package struct PatchField: Sendable, Equatable {
    package let halvings: Int
    package let deepLayers: Int

    /// The layers whose receptive field is nearest to the patch size; of equal ones those with more
    /// downsampling, which are cheaper.
    package init(patch: Int, side: Int) {
        let usable = (1...5).filter { side % (1 << $0) == 0 && side >> $0 >= 2 }
        var best = (halvings: 0, deepLayers: max(0, min(2, (patch - 2) / 2)))
        var distance = usable.isEmpty ? 0 : Int.max
        for halvings in usable {
            for deepLayers in 0...2 {
                let found = abs(Self.size(halvings: halvings, deepLayers: deepLayers) - patch)
                if found < distance || (found == distance && halvings > best.halvings) {
                    (best, distance) = ((halvings, deepLayers), found)
                }
            }
        }
        (halvings, deepLayers) = best
    }

    /// Receptive field of the bottleneck, in pixels.
    package var size: Int { Self.size(halvings: halvings, deepLayers: deepLayers) }

    /// 3 for the first layer; each further layer adds twice its input stride.
    private static func size(halvings: Int, deepLayers: Int) -> Int {
        3 + (0..<halvings).reduce(0) { $0 + 2 << $1 } + deepLayers * 2 << halvings
    }
}
