import Foundation
import NeuralNetworks
import Tensors

/// Output layer that predicts patches overlapping by half, with separate weights for each position.
///
/// Faces are aligned: an eye is always covered by the same few patches, so that position-specific weights can
/// specialise on eyes. On the performers, such patches without overlap reached a structural error of 0.127 in
/// 300 steps, where a shared 3×3 convolution before the pixel shuffle reached 0.188. Neighbouring patches are
/// blended under a sine window (the lapped transform of Malvar and Staelin 1989), which avoids visible edges
/// where their brightness differs.
///
/// The weights are initialized with the principal patches of the person's own faces at each position
/// (`DecoderInitialization`), if available: eyelids and lips move along them from the first step.
///
/// Shapes: `[N, I, G, G]` → `[N, 4, B·G, B·G]`, B half the side of a patch. Parameters: `narrowing` (1×1 convolution),
/// `weight [G², C, 16·B²]`, whose last axis has the layout of `LappedPatches`.
struct PatchHead {
    private let narrowing: Convolution
    private let weight: Tensor
    private let lapped: LappedPatches
    private let channels: Int
    private let side: Int
    private let tally: OperationCounter?

    /// - Parameters:
    ///   - block: half the side of a patch, in pixels.
    ///   - scale: standard deviation of the initial output if no patches are given.
    init(
        _ scope: Scope, inputs: Int, channels: Int, side: Int, block: Int = 8, patches: [Float]?,
        scale: Double = 0.3
    ) throws {
        self.channels = channels
        self.side = side
        tally = scope.store.tally
        lapped = try LappedPatches(block: block, device: scope.store.device)
        narrowing = try Convolution(
            scope / "narrowing", inputs: inputs, outputs: channels, kernel: 1, initial: .forLeakyReLU)
        weight = try scope.parameter(
            "weight", shape: [side * side, channels, lapped.length],
            initial: patches.map { .given($0) } ?? .normal(scale / Double(channels).squareRoot()))
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let places = try narrowing(x).reshaped(-1, channels, side * side).permuted(2, 0, 1)
        let patches = try matmul(places, weight)
        tally?.add(places, patches, each: channels)
        return try lapped.picture(patches, side: side)
    }
}

/// Lapped transform between pictures and overlapping patches.
///
/// Patches of 16×16 pixels in four channels are 8 pixels apart; the outermost extend 4 pixels beyond the
/// picture. The 1024 values of a patch are its four quarters, in row-major order, each `[channel, 8, 8]`. A
/// sine window is applied in analysis and synthesis, so that both together reconstruct the picture, except
/// for its outermost 4 pixels, which are attenuated because neighbours are missing.
package struct LappedPatches {
    /// Half the side of a patch, in pixels.
    package let block: Int
    /// Values in a patch: four channels of 2·B × 2·B pixels.
    package var length: Int { 16 * block * block }
    /// Top left, top right, bottom left, bottom right: row and column offsets in blocks.
    private static let quarters = [(0, 0), (0, 1), (1, 0), (1, 1)]

    /// `[1, 1, length]`
    private let window: Tensor

    package init(block: Int = 8, device: Device) throws {
        self.block = block
        let sine = (0..<2 * block).map { Float(sin(.pi * (Double($0) + 0.5) / Double(2 * block))) }
        let values = Self.quarters.flatMap { row, column in
            (0..<4 * block * block).map { index in
                sine[row * block + index / block % block] * sine[column * block + index % block]
            }
        }
        window = try Tensor(values, shape: [1, 1, values.count], device: device)
    }

    /// Synthesis: adds overlapping patches. Shapes: `[G², N, length]` → `[N, 4, B·G, B·G]`.
    package func picture(_ patches: Tensor, side: Int) throws -> Tensor {
        let windowed = try (patches * window).reshaped(side, side, -1, 4, length / 4)
        let quarters = try windowed.split([1, 1, 1, 1], axis: 3)
        var sum: Tensor?
        for (quarter, (row, column)) in zip(quarters, Self.quarters) {
            // On a grid of blocks shifted half a block up and to the left of the picture.
            let padded = try quarter.reshaped(side, side, -1)
                .padded([0, 0, column, 1 - column, row, 1 - row])
            sum = try sum.map { try $0 + padded } ?? padded
        }
        let (grid, edge) = (side + 1, block / 2)
        let shuffled = try (sum ?? windowed).reshaped(grid, grid, -1, length / 4).permuted(2, 3, 0, 1)
            .pixelShuffled(block)
        let inside = edge..<edge + side * block
        return try shuffled.slice(inside, axis: 2).slice(inside, axis: 3)
    }

    /// Analysis: extracts patches from pictures. Shapes: `[N, 4, B·G, B·G]` → `[G², N, length]`.
    package func patches(_ pictures: Tensor) throws -> Tensor {
        let grid = pictures.shape[2] / block
        return try concatenated((0..<grid).map { try patches(pictures, row: $0) }, axis: 0)
    }

    /// One row of patches, to save memory: `[N, 4, B·G, B·G]` → `[G, N, length]`.
    package func patches(_ pictures: Tensor, row: Int) throws -> Tensor {
        let (count, extent) = (pictures.shape[0], pictures.shape[3])
        let (first, edge) = (row * block - block / 2, block / 2)
        let seen = max(0, first)..<min(extent, first + 2 * block)
        let wide = try pictures.slice(seen, axis: 2)
            .padded([edge, edge, seen.lowerBound - first, first + 2 * block - seen.upperBound])
        let quarters = try Self.quarters.map { row, column in
            try wide.slice(row * block..<(row + 1) * block, axis: 2)
                .slice(column * block..<column * block + extent, axis: 3)
                .pixelUnshuffled(block).permuted(2, 3, 0, 1)
                .reshaped(extent / block, count, length / 4)
        }
        return try concatenated(quarters, axis: 2) * window
    }
}
