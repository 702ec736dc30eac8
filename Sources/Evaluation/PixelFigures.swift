import Foundation
import Pictures

/// How near a picture comes to the truth inside a mask.
package struct PixelFigures: Sendable, Codable, Equatable {
    /// Peak signal-to-noise ratio in dB over all masked pixels of all frames, of 8-bit luma (Rec. 601) and of R, G, B
    /// together; nil where nothing differs or nothing was measured.
    package var lumaPSNR: Double?
    package var rgbPSNR: Double?
    /// Mean structural similarity of 8-bit luma over all masked pixels (Wang et al. 2004: 11×11 Gaussian window, σ 1.5,
    /// k 0.01 and 0.03, population statistics). The map is computed on the whole frame, the mask picks its pixels.
    package var ssim: Double?
    /// Masked frames that went in.
    package var frames: Int
}

/// Sums over frames, from which the figures come.
struct PixelSums {
    private var squaresLuma = 0.0
    private var squaresRGB = 0.0
    private var similarity = 0.0
    private var weight = 0.0
    private var frames = 0

    /// - Parameter mask: pixels above 0.5 count.
    mutating func add(_ picture: Picture, truth: Picture, mask: Plane) {
        let inside = mask.values.indices.filter { mask.values[$0] > 0.5 }
        guard !inside.isEmpty else { return }
        frames += 1
        weight += Double(inside.count)
        let (a, b) = (picture.byteLuma, truth.byteLuma)
        let map = StructuralSimilarity.map(a, b)
        for pixel in inside {
            let difference = Double(a.values[pixel] - b.values[pixel])
            squaresLuma += difference * difference
            similarity += Double(map.values[pixel])
            for index in pixel * 3..<pixel * 3 + 3 {
                let difference = Double(picture.pixels[index]) - Double(truth.pixels[index])
                squaresRGB += difference * difference
            }
        }
    }

    var figures: PixelFigures {
        func decibels(_ squares: Double, _ count: Double) -> Double? {
            squares > 0 && count > 0 ? 10 * log10(255 * 255 * count / squares) : nil
        }
        return PixelFigures(
            lumaPSNR: decibels(squaresLuma, weight), rgbPSNR: decibels(squaresRGB, 3 * weight),
            ssim: weight > 0 ? similarity / weight : nil, frames: frames)
    }
}

extension Picture {
    /// Luma rounded to whole numbers, as an 8-bit grey picture has it.
    var byteLuma: Plane {
        var plane = luma
        for index in plane.values.indices { plane.values[index] = plane.values[index].rounded() }
        return plane
    }
}

/// Structural similarity of two planes with values 0…255.
package enum StructuralSimilarity {
    private static let window = gaussianWindow(reach: 5, sigma: 1.5)

    /// A value for each pixel, at most 1.
    package static func map(_ a: Plane, _ b: Plane) -> Plane {
        let (c1, c2): (Float, Float) = (0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255)
        // Moments about the planes' common level, so that float32 does not lose the variance of bright planes.
        let level = a.mean
        let (x, y) = (a.shifted(-level), b.shifted(-level))
        let (meanX, meanY) = (x.convolved(window), y.convolved(window))
        let (xx, yy) = (x.product(x).convolved(window), y.product(y).convolved(window))
        let xy = x.product(y).convolved(window)
        var result = a
        for index in result.values.indices {
            let (mx, my) = (meanX.values[index], meanY.values[index])
            let (vx, vy, cov) = (
                xx.values[index] - mx * mx, yy.values[index] - my * my, xy.values[index] - mx * my
            )
            let (lx, ly) = (mx + level, my + level)
            result.values[index] =
                (2 * lx * ly + c1) * (2 * cov + c2) / ((lx * lx + ly * ly + c1) * (vx + vy + c2))
        }
        return result
    }
}

extension Plane {
    fileprivate func shifted(_ amount: Float) -> Plane {
        Plane(width: width, height: height, values: values.map { $0 + amount })
    }
}
