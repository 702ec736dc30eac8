import Tensors

/// The structural similarity index of two pictures over several scales (Wang, Simoncelli and Bovik, "Multi-scale
/// structural similarity for image quality assessment", 2003, equation 7).
///
/// Contrast and structure are compared at every scale, luminance at the last. From one scale to the next the
/// pictures are downscaled by two, so that the window of 11 pixels, and its standard deviation of 1.5, cover
/// twice the area's width on the face. Small pictures have fewer scales; the remaining exponents are
/// normalised to a sum of 1.
package struct MultiScaleSimilarity {
    /// The paper's exponents, from the finest to the coarsest scale.
    private static let exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    /// Minimum side of a picture at the coarsest scale.
    private static let smallest = 8
    /// Minimum of a factor: negative values have no real power.
    private static let least = 1e-3

    private let scales: [(similarity: StructuralSimilarity, exponent: Double)]

    package init(height: Int, width: Int, type: ElementType = .float32, device: Device = .cpu) throws {
        let side = min(height, width)
        let count = Self.exponents.indices.filter { $0 == 0 || side >> $0 >= Self.smallest }.count
        let sum = Self.exponents.prefix(count).reduce(0, +)
        scales = try Self.exponents.prefix(count).enumerated().map { scale, exponent in
            let similarity = try StructuralSimilarity(
                height: height >> scale, width: width >> scale, type: type, device: device)
            return (similarity, exponent / sum)
        }
    }

    /// Number of scales.
    package var count: Int { scales.count }

    /// - Parameters:
    ///   - a: `[N, C, H, W]`.
    ///   - b: the same.
    ///   - weight: `[N, 1, H, W]`, weight of each position; uniform if `nil`.
    /// - Returns: `[N]`, 0…1; 1 for equal pictures.
    package func callAsFunction(_ a: Tensor, _ b: Tensor, weight: Tensor? = nil) throws -> Tensor {
        var (a, b, weight) = (a, b, weight)
        var exponent: Tensor?
        for (scale, (similarity, power)) in scales.enumerated() {
            if scale > 0 {
                (a, b) = (try halved(a), try halved(b))
                weight = try weight.map { try halved($0) }
            }
            let (light, structure) = try similarity.factors(a, b)
            var factors = [structure]
            if scale == scales.count - 1 { factors.append(light) }
            for factor in factors {
                let mean = try mean(factor, weight: weight).clamped(Self.least...2)
                let term = try mean.logarithm() * power
                exponent = try exponent.map { try $0 + term } ?? term
            }
        }
        guard let exponent else { throw TensorError(.invalidOperation, "a similarity needs a scale") }
        return try exponent.exponential().mean(1)
    }

    private func halved(_ x: Tensor) throws -> Tensor {
        try averagePool2d(x.contiguous(), kernel: 2, stride: 2)
    }

    /// `[N, C, h, w]` → `[N, C]`
    private func mean(_ map: Tensor, weight: Tensor?) throws -> Tensor {
        guard let weight else { return try map.mean(2, 3) }
        return try (map * weight).sum(2, 3) / (weight.sum(2, 3) + 1e-6)
    }
}
