import Foundation
import NeuralNetworks
import Tensors

/// Shared part of the decoder: maps a latent code to identity-independent features, and to the styles that
/// modulate the later blocks.
///
/// Eye measures affect the upper face only and mouth measures the lower face only: the correlation between
/// both depends on the person, and a network that sees both learns to blink when the mouth closes.
///
/// Shapes: learned `[N, L]`, measured `[N, M]` → features `[N, C, G, G]` and the styles.
struct SharedDecoder {
    private let upper: StyleMapping
    private let lower: StyleMapping
    private let widening: Convolution
    private let blocks: [ModulatedBlock]
    private let upperIndex: Tensor
    private let lowerIndex: Tensor
    private let weight: Tensor

    init(_ scope: Scope, settings: HybridSettings) throws {
        let side = settings.places
        let device = scope.store.device
        func index(_ places: [Int]) throws -> Tensor {
            try Tensor(places.map(Int64.init), shape: [places.count], device: device)
        }
        upperIndex = try index(settings.upperMeasures)
        lowerIndex = try index(settings.lowerMeasures)
        upper = try StyleMapping(scope / "upper", measures: settings.upperMeasures.count, settings: settings)
        lower = try StyleMapping(scope / "lower", measures: settings.lowerMeasures.count, settings: settings)
        widening = try Convolution(
            scope / "widening", inputs: settings.startChannels, outputs: settings.channels, kernel: 1,
            initial: .forLeakyReLU)
        blocks = try (0..<settings.sharedBlocks).map {
            try ModulatedBlock(scope / "blocks" / "\($0)", channels: settings.channels, style: settings.style)
        }
        let rows = (0..<side).map { (row: Int) -> Float in
            let height = (Double(row) + 0.5) / Double(side)
            return Float(1 / (1 + exp((height - settings.split) / settings.splitSoftness)))
        }
        weight = try Tensor(rows, shape: [1, 1, side, 1], device: device)
    }

    func callAsFunction(learned: Tensor, measured: Tensor) throws -> (features: Tensor, style: RegionalStyle)
    {
        let above = try upper(concatenated([learned, measured.indexSelect(upperIndex, axis: 1)], axis: 1))
        let below = try lower(concatenated([learned, measured.indexSelect(lowerIndex, axis: 1)], axis: 1))
        let style = RegionalStyle(upper: above.style, lower: below.style, weight: weight)
        let start = try below.start + (above.start - below.start) * weight
        var features = try widening(start.channelsLast())
        for block in blocks { features = try block(features, style: style) }
        return (features, style)
    }
}

/// Maps one part of the code to a style and to the initial features.
///
/// Shapes: `[N, L + m]` → style `[N, S]`, start `[N, C₀, G, G]`.
struct StyleMapping {
    private let first: Dense
    private let second: Dense
    private let start: Dense
    private let shape: (channels: Int, side: Int)

    init(_ scope: Scope, measures: Int, settings: HybridSettings) throws {
        shape = (settings.startChannels, settings.places)
        first = try Dense(
            scope / "first", inputs: settings.learnedCode + measures, outputs: settings.style,
            initial: .forLeakyReLU)
        second = try Dense(
            scope / "second", inputs: settings.style, outputs: settings.style, initial: .forLeakyReLU)
        start = try Dense(
            scope / "start", inputs: settings.style, outputs: shape.channels * shape.side * shape.side,
            initial: .forLeakyReLU)
    }

    func callAsFunction(_ code: Tensor) throws -> (style: Tensor, start: Tensor) {
        let style = try activated(second(activated(first(code))))
        return (style, try start(style).reshaped(-1, shape.channels, shape.side, shape.side))
    }
}

/// One person's decoder: maps shared features to that person's face and its mask.
///
/// The output is added to the person's mean face, which is a parameter: the network trains on expressions
/// from the start instead of on the mean appearance.
///
/// Shapes: features `[N, C, G, G]` → `[N, 4, R, R]`: red, green, blue in about 0…1 and the mask as
/// logits.
struct HybridDecoder {
    private let blocks: [ModulatedBlock]
    private let head: PatchHead
    let mean: Tensor
    private let refinement: Refinement?

    /// - Parameter sharing: a decoder whose weights this one shares; its mean face is separate.
    init(
        _ scope: Scope, settings: HybridSettings, start: DecoderInitialization?,
        sharing other: HybridDecoder? = nil
    ) throws {
        blocks =
            try other?.blocks
            ?? (0..<settings.ownBlocks).map {
                try ModulatedBlock(
                    scope / "blocks" / "\($0)", channels: settings.channels, style: settings.style)
            }
        head =
            try other?.head
            ?? PatchHead(
                scope / "head", inputs: settings.channels, channels: settings.headChannels,
                side: settings.places, patches: start?.head.patches)
        mean = try scope.parameter(
            "mean", shape: [1, 4, settings.headResolution, settings.headResolution],
            initial: start.map { .given($0.head.mean) } ?? .zeros)
        refinement = try settings.refinementChannels.map {
            try other?.refinement
                ?? Refinement(
                    scope / "refinement", settings: settings, channels: $0, start: start?.refinement)
        }
    }

    func callAsFunction(_ features: Tensor, style: RegionalStyle) throws -> Tensor {
        let x = try own(features, style)
        let coarse = try head(x) + mean
        return try refinement.map { try $0(x, coarse: coarse) } ?? coarse
    }

    /// Output of the head, which is added to the mean face.
    func changes(_ features: Tensor, style: RegionalStyle) throws -> Tensor {
        try head(own(features, style))
    }

    /// Output of the head for all faces, and of the refinement for some.
    ///
    /// - Parameter some: their indices.
    func coarse(_ features: Tensor, style: RegionalStyle, refining some: [Int]) throws -> (
        coarse: Tensor, refined: Tensor?
    ) {
        let x = try own(features, style)
        let coarse = try head(x) + mean
        guard let refinement, !some.isEmpty else { return (coarse, nil) }
        return (coarse, try refinement(x.rows(some), coarse: coarse.rows(some)))
    }

    private func own(_ features: Tensor, _ style: RegionalStyle) throws -> Tensor {
        var x = features
        for block in blocks { x = try block(x, style: style) }
        return try activated(x)
    }
}

/// Initial weights of a decoder, computed from its person's faces.
package struct DecoderInitialization: Sendable {
    /// Initial weights of the head, or of the refinement.
    package struct Layer: Sendable {
        /// Mean face and mask logits, or the high-frequency part of the mean face, `[4, R, R]`.
        package let mean: [Float]
        /// Principal patches of the person's faces at each position, `[G², C, length]` (`LappedPatches`).
        package let patches: [Float]

        package init(mean: [Float], patches: [Float]) {
            self.mean = mean
            self.patches = patches
        }
    }

    package let head: Layer
    /// `nil` for networks without a refinement.
    package let refinement: Layer?

    package init(head: Layer, refinement: Layer? = nil) {
        (self.head, self.refinement) = (head, refinement)
    }
}
