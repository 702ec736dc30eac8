import Foundation
import Pictures

/// Similarity of a picture to the ground truth inside a mask.
package struct PixelMetrics: Sendable, Codable, Equatable {
    /// Peak signal-to-noise ratio in dB over all masked pixels of all frames, of 8-bit luma (Rec. 601) and of R, G, B
    /// together; `nil` if there is no difference or no masked pixel.
    package var lumaPSNR: Double?
    package var rgbPSNR: Double?
    /// Mean structural similarity over all masked pixels (Wang et al. 2004: 11×11 Gaussian window, σ 1.5, k 0.01 and 0.03,
    /// population statistics) of 8-bit luma, and the mean of the R, G and B maps.
    package var ssim: Double?
    package var rgbSSIM: Double?
    /// Multi-scale structural similarity of luma (Wang, Simoncelli and Bovik 2003), with the factors averaged over the
    /// masked pixels of each scale; the mean over frames. Small faces are compared at fewer scales, whose exponents still
    /// sum to 1.
    package var multiScaleSSIM: Double?
    /// Number of masked frames.
    package var frames: Int
}

/// Sums over frames from which the metrics are computed.
struct PixelSums {
    private var squaresLuma = 0.0
    private var squaresRGB = 0.0
    private var similarityLuma = 0.0
    private var similarityRGB = 0.0
    private var weight = 0.0
    private var frames = 0
    private var multiScale: [Double] = []

    /// - Parameter mask: pixels above 0.5 count.
    mutating func add(_ picture: Picture, truth: Picture, mask: Plane) {
        // Limits the work to the windows around masked pixels.
        guard let area = mask.area(margin: 2 * StructuralSimilarity.reach) else { return }
        let a = picture.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
        let b = truth.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
        let near = mask.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
        let inside = near.values.indices.filter { near.values[$0] > 0.5 }
        frames += 1
        weight += Double(inside.count)
        let (lumaA, lumaB) = (a.byteLuma, b.byteLuma)
        let luma = Self.sums(lumaA, lumaB, inside)
        if let similarity = MultiScale.similarity(lumaA, lumaB, mask: near) { multiScale.append(similarity) }
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

    var figures: PixelMetrics {
        func decibels(_ squares: Double, _ count: Double) -> Double? {
            squares > 0 && count > 0 ? 10 * log10(255 * 255 * count / squares) : nil
        }
        return PixelMetrics(
            lumaPSNR: decibels(squaresLuma, weight), rgbPSNR: decibels(squaresRGB, 3 * weight),
            ssim: weight > 0 ? similarityLuma / weight : nil,
            rgbSSIM: weight > 0 ? similarityRGB / (3 * weight) : nil, multiScaleSSIM: mean(multiScale),
            frames: frames)
    }
}

extension Plane {
    /// The smallest rectangle around values above 0.5, grown by a margin within the plane; `nil` if there are none.
    fileprivate func area(margin: Int) -> PixelRegion? {
        guard let inner = extent(above: 0.5) else { return nil }
        let (x, y) = (max(0, inner.x - margin), max(0, inner.y - margin))
        return PixelRegion(
            x: x, y: y, width: min(width, inner.x + inner.width + margin) - x,
            height: min(height, inner.y + inner.height + margin) - y)
    }
}

extension Picture {
    /// Luma rounded to integers, as in an 8-bit grey picture.
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
        let (light, structure) = factors(a, b)
        return light.product(structure)
    }

    /// The two factors: luminance, and contrast with structure.
    static func factors(_ a: Plane, _ b: Plane) -> (light: Plane, structure: Plane) {
        let (c1, c2): (Float, Float) = (0.01 * 255 * 0.01 * 255, 0.03 * 255 * 0.03 * 255)
        // Moments relative to the planes' common mean, so that float32 keeps the variance of bright planes.
        let level = a.mean.rounded()
        let (x, y) = (a.shifted(-level), b.shifted(-level))
        let (meanX, meanY) = (x.convolved(window), y.convolved(window))
        let (xx, yy) = (x.product(x).convolved(window), y.product(y).convolved(window))
        let xy = x.product(y).convolved(window)
        var (light, structure) = (a, a)
        for index in a.values.indices {
            let (mx, my) = (meanX.values[index], meanY.values[index])
            let (vx, vy, cov) = (
                xx.values[index] - mx * mx, yy.values[index] - my * my, xy.values[index] - mx * my
            )
            let (lx, ly) = (mx + level, my + level)
            light.values[index] = (2 * lx * ly + c1) / (lx * lx + ly * ly + c1)
            structure.values[index] = (2 * cov + c2) / (vx + vy + c2)
        }
        return (light, structure)
    }
}

/// Structural similarity over several scales (Wang, Simoncelli and Bovik, "Multi-scale structural similarity for image
/// quality assessment", 2003, equation 7), inside a mask.
private enum MultiScale {
    private static let exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    /// The smallest plane that holds the window a few times.
    private static let smallest = 22

    /// `nil` if the mask is empty at the coarsest scale.
    static func similarity(_ a: Plane, _ b: Plane, mask: Plane) -> Double? {
        let side = min(a.width, a.height)
        let count = max(1, exponents.indices.count { side >> $0 >= smallest })
        let sum = exponents.prefix(count).reduce(0, +)
        var (a, b, mask) = (a, b, mask)
        var result = 1.0
        for scale in 0..<count {
            if scale > 0 {
                let (width, height) = (a.width / 2, a.height / 2)
                (a, b) = (a.resized(width: width, height: height), b.resized(width: width, height: height))
                mask = mask.resized(width: width, height: height)
            }
            let inside = mask.values.indices.filter { mask.values[$0] > 0.5 }
            let (light, structure) = StructuralSimilarity.factors(a, b)
            func factor(_ plane: Plane) -> Double? { mean(inside.map { Double(plane.values[$0]) }) }
            guard let contrast = factor(structure), let level = factor(light) else { return nil }
            // A negative factor has no real power and is set to zero.
            result *= pow(max(0, contrast), exponents[scale] / sum)
            if scale == count - 1 { result *= pow(max(0, level), exponents[scale] / sum) }
        }
        return result
    }
}

extension Plane {
    fileprivate func shifted(_ amount: Float) -> Plane {
        Plane(width: width, height: height, values: values.map { $0 + amount })
    }
}
