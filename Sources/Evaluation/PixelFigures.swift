import Foundation
import Pictures

/// How near a picture comes to the truth inside a mask.
package struct PixelFigures: Sendable, Codable, Equatable {
    /// Peak signal-to-noise ratio in dB over all masked pixels of all frames, of 8-bit luma (Rec. 601) and of R, G, B
    /// together; nil where nothing differs or nothing was measured.
    package var lumaPSNR: Double?
    package var rgbPSNR: Double?
    /// Mean structural similarity over all masked pixels (Wang et al. 2004: 11×11 Gaussian window, σ 1.5, k 0.01 and 0.03,
    /// population statistics) of 8-bit luma, and the mean of the R, G and B maps.
    package var ssim: Double?
    package var rgbSSIM: Double?
    /// Masked frames that went in.
    package var frames: Int
}

/// Sums over frames, from which the figures come.
struct PixelSums {
    private var squaresLuma = 0.0
    private var squaresRGB = 0.0
    private var similarityLuma = 0.0
    private var similarityRGB = 0.0
    private var weight = 0.0
    private var frames = 0

    /// - Parameter mask: pixels above 0.5 count.
    mutating func add(_ picture: Picture, truth: Picture, mask: Plane) {
        // What the windows around masked pixels reach; further out nothing counts.
        guard let area = mask.area(margin: 2 * StructuralSimilarity.reach) else { return }
        let a = picture.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
        let b = truth.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
        let near = mask.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
        let inside = near.values.indices.filter { near.values[$0] > 0.5 }
        frames += 1
        weight += Double(inside.count)
        let luma = Self.sums(a.byteLuma, b.byteLuma, inside)
        squaresLuma += luma.squares
        similarityLuma += luma.similarity
        for index in 0..<3 {
            let channel = Self.sums(a.channel(index), b.channel(index), inside)
            squaresRGB += channel.squares
            similarityRGB += channel.similarity
        }
    }

    private static func sums(_ a: Plane, _ b: Plane, _ inside: [Int]) -> (squares: Double, similarity: Double)
    {
        let map = StructuralSimilarity.map(a, b)
        return inside.reduce(into: (0.0, 0.0)) { sums, pixel in
            let difference = Double(a.values[pixel] - b.values[pixel])
            sums.0 += difference * difference
            sums.1 += Double(map.values[pixel])
        }
    }

    var figures: PixelFigures {
        func decibels(_ squares: Double, _ count: Double) -> Double? {
            squares > 0 && count > 0 ? 10 * log10(255 * 255 * count / squares) : nil
        }
        return PixelFigures(
            lumaPSNR: decibels(squaresLuma, weight), rgbPSNR: decibels(squaresRGB, 3 * weight),
            ssim: weight > 0 ? similarityLuma / weight : nil,
            rgbSSIM: weight > 0 ? similarityRGB / (3 * weight) : nil, frames: frames)
    }
}

extension Plane {
    /// The smallest rectangle around what is above 0.5, grown by a margin within the plane; nil for nothing.
    fileprivate func area(margin: Int) -> PixelRegion? {
        guard let inner = extent(above: 0.5) else { return nil }
        let (x, y) = (max(0, inner.x - margin), max(0, inner.y - margin))
        return PixelRegion(
            x: x, y: y, width: min(width, inner.x + inner.width + margin) - x,
            height: min(height, inner.y + inner.height + margin) - y)
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
    static let reach = 5
    private static let window = gaussianWindow(reach: reach, sigma: 1.5)

    /// A value for each pixel, at most 1.
    package static func map(_ a: Plane, _ b: Plane) -> Plane {
        let (c1, c2): (Float, Float) = (0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255)
        // Moments about the planes' common level, so that float32 does not lose the variance of bright planes.
        let level = a.mean.rounded()
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
