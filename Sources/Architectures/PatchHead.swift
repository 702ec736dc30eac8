import Foundation
import NeuralNetworks
import Tensors

/// Writes a picture in patches that overlap by half, each place of the picture with weights of its own.
///
/// Faces are aligned: an eye is always drawn by the same few patches, which may as well know nothing but
/// eyes. On the performers such patches, not yet overlapping, reached in 300 steps a structural error of 0.127
/// where a shared 3×3 convolution before the pixel shuffle left 0.188. Neighbours fade into
/// each other under a sine window (the lapped transform of Malvar and Staelin 1989): places that do not agree
/// about the light leave no edge.
///
/// The weights begin as the principal patches of the person's own faces at each place (`DecoderInitialization`), where
/// they are known: lids and lips move along them from the first step.
///
/// Shapes: `[N, I, G, G]` → `[N, 4, B·G, B·G]`, B half the side of a patch. Parameters: `narrowing` (1×1 convolution),
/// `weight [G², C, 16·B²]`, whose last axis is laid out as `LappedPatches` says.
struct PatchHead {
    private let narrowing: Convolution
    private let weight: Tensor
    private let lapped: LappedPatches
    private let channels: Int
    private let side: Int
    private let tally: OperationCounter?

    /// - Parameters:
    ///   - block: half the side of a patch, in pixels.
    ///   - scale: deviation of the fresh picture where no patches are given.
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

/// Between pictures and the overlapping patches that they are the sum of.
///
/// A patch of 16×16 pixels in four channels lies 8 pixels from its neighbours; the outermost reach 4 pixels
/// beyond the picture. Its 1024 numbers are its four quarters, row by row, each `[channel, 8, 8]`. A sine
/// window is laid over patches on the way in and on the way out, so that both together give the picture back, but for
/// its outermost 4 pixels, where neighbours are missing and it comes back weaker.
package struct LappedPatches {
    /// Half the side of a patch, in pixels.
    package let block: Int
    /// Numbers in a patch: four channels of 2·B × 2·B pixels.
    package var length: Int { 16 * block * block }
    /// Top left, top right, bottom left, bottom right: rows and columns in blocks.
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

    /// Lays patches over each other. Shapes: `[G², N, length]` → `[N, 4, B·G, B·G]`.
    package func picture(_ patches: Tensor, side: Int) throws -> Tensor {
        let windowed = try (patches * window).reshaped(side, side, -1, 4, length / 4)
        let quarters = try windowed.split([1, 1, 1, 1], axis: 3)
        var sum: Tensor?
        for (quarter, (row, column)) in zip(quarters, Self.quarters) {
            // On a grid of blocks that lies half a block up and to the left of the picture's.
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

    /// Takes patches out of pictures. Shapes: `[N, 4, B·G, B·G]` → `[G², N, length]`.
    package func patches(_ pictures: Tensor) throws -> Tensor {
        let grid = pictures.shape[2] / block
        return try concatenated((0..<grid).map { try patches(pictures, row: $0) }, axis: 0)
    }

    /// One row of them, for who cannot hold all: `[N, 4, B·G, B·G]` → `[G, N, length]`.
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
