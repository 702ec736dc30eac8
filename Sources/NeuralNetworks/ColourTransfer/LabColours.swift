import Foundation
import Tensors

/// CIE L*a*b* conversion of tensors (white point D65, constants of `LabPicture`): L is 0…100, a and b about
/// −128…127.
///
/// The two branches of each curve are added instead of selected, f(x) = low(min(x, t)) + high(max(x, t)) −
/// high(t), which is exact and needs no comparison.
package enum LabColours {
    private static let linearEnd = 0.04045
    private static let encodedEnd = 0.0031308
    /// Threshold below which CIE's cube root is linear: (6/29)³ and 6/29.
    private static let (rootEnd, lineEnd) = (216.0 / 24389, 6.0 / 29)
    private static let most = 1e3

    /// sRGB in 0…1 → L*a*b*. Shapes: `[N, 3, P]` → `[N, 3, P]`.
    package static func lab(_ colours: Tensor) throws -> Tensor {
        let linear = try joined(
            colours.clamped(0...linearEnd) / 12.92,
            power((colours.clamped(linearEnd...most) + 0.055) / 1.055, 2.4),
            less: pow((linearEnd + 0.055) / 1.055, 2.4))
        let ratios = try matmul(matrix(toRatios, colours.device), linear)
        let roots = try joined(
            (ratios.clamped(0...rootEnd) * (24389.0 / 27) + 16) / 116,
            power(ratios.clamped(rootEnd...most), 1.0 / 3), less: cbrt(rootEnd))
        return try matmul(matrix([0, 116, 0, 500, -500, 0, 0, 200, -200], colours.device), roots)
            + column([-16, 0, 0], colours.device)
    }

    /// L*a*b* → sRGB, outside 0…1 for colours outside the gamut. Shapes: `[N, 3, P]` → `[N, 3, P]`.
    package static func colours(_ lab: Tensor) throws -> Tensor {
        let (l, a, b) = (1.0 / 116, 1.0 / 500, -1.0 / 200)
        let roots = try matmul(
            matrix([l, a, 0, l, 0, 0, l, 0, b], lab.device), lab + column([16, 0, 0], lab.device))
        let cubed = try roots.clamped(lineEnd...most)
        let ratios = try joined(
            (roots.clamped(-most...lineEnd) * 116 - 16) * (27.0 / 24389), cubed * cubed * cubed,
            less: rootEnd)
        let linear = try matmul(matrix(fromRatios, lab.device), ratios)
        return try joined(
            linear.clamped(-most...encodedEnd) * 12.92,
            power(linear.clamped(encodedEnd...most), 1 / 2.4) * 1.055,
            less: 1.055 * pow(encodedEnd, 1 / 2.4))
    }

    private static func joined(_ low: Tensor, _ high: Tensor, less meeting: Double) throws -> Tensor {
        try low + (high - meeting)
    }

    private static func power(_ x: Tensor, _ exponent: Double) throws -> Tensor {
        try (x.logarithm() * exponent).exponential()
    }

    private static func matrix(_ values: [Double], _ device: Device) throws -> Tensor {
        try Tensor(values.map(Float.init), shape: [3, 3], device: device)
    }

    private static func column(_ values: [Double], _ device: Device) throws -> Tensor {
        try Tensor(values.map(Float.init), shape: [3, 1], device: device)
    }

    /// Linear light → ratios of X, Y, Z to the white point, and back (IEC 61966-2-1).
    private static let toRatios = [
        0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047, 0.2126729, 0.7151522, 0.0721750,
        0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883,
    ]
    private static let fromRatios = [
        3.2404542 * 0.95047, -1.5371385, -0.4985314 * 1.08883, -0.9692660 * 0.95047, 1.8760108,
        0.0415560 * 1.08883, 0.0556434 * 0.95047, -0.2040259, 1.0572252 * 1.08883,
    ]
}
