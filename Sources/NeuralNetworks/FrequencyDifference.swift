import Tensors

/// The focal frequency loss (Jiang, Dai, Wu and Loy 2021, equation 8, α = 1): the mean squared distance of two pictures'
/// spectra, in which each frequency counts by its own distance as a share of the picture's greatest.
///
/// Networks learn low frequencies first; here those that are still missing weigh most. Spectra keep the sum of squares, so
/// that without these weights the mean would be that of the squared differences of the pixels.
///
/// Shapes: `[N, C, H, W]` twice → one value.
package func focalFrequencyDifference(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    let (height, width) = (a.shape[2], a.shape[3])
    let squares = try (a - b).contiguous().fourierTransformed().squared().sum(4)
    let weight = try withoutGradient {
        let lengths = try squares.detached().squareRoot()
        return try (lengths / (lengths.amax(2, 3, keep: true) + 1e-12)).clamped(0...1)
    }
    let weighted = try squares * weight
    // All columns stand for two but the first and, where the width is even, the last, which are their own mirrors.
    var alone = try weighted.slice(0..<1, axis: 3).sum()
    if width % 2 == 0 { alone = try alone + weighted.slice(width / 2..<width / 2 + 1, axis: 3).sum() }
    return try (weighted.sum() * 2 - alone) / Double(a.shape[0] * a.shape[1] * height * width)
}
