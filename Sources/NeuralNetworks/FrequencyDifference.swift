import Tensors

/// The focal frequency loss (Jiang, Dai, Wu and Loy 2021, equation 8, α = 1): the mean squared distance of
/// two pictures' spectra, with each frequency weighted by its own distance relative to the picture's maximum.
///
/// Networks learn low frequencies first; the weights emphasise the frequencies that are still missing. The
/// transform is orthonormal, so that without these weights the loss equals the mean squared difference of the
/// pixels.
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
    // Each column represents two frequencies, except the first and, for an even width, the last, which are
    // self-conjugate.
    var alone = try weighted.slice(0..<1, axis: 3).sum()
    if width % 2 == 0 { alone = try alone + weighted.slice(width / 2..<width / 2 + 1, axis: 3).sum() }
    return try (weighted.sum() * 2 - alone) / Double(a.shape[0] * a.shape[1] * height * width)
}
