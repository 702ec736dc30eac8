import Tensors

/// The structural similarity index of two pictures over several scales (Wang, Simoncelli and Bovik, "Multi-scale
/// structural similarity for image quality assessment", 2003, equation 7).
///
/// Contrast and structure are compared at every scale and light at the last. From one scale to the next the pictures are
/// halved, so that the window of 11 pixels, and its deviation of 1.5, are twice as wide on the face. Small pictures have
/// fewer scales; the exponents of those that are left sum up to 1.
package struct MultiScaleSimilarity {
    /// The paper's exponents, from the finest scale to the coarsest.
    private static let exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    /// Side of the smallest picture that is still compared.
    private static let smallest = 8
    /// Least that a factor counts: it may be negative, and then has no power.
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

    /// How many scales the pictures are compared at.
    package var count: Int { scales.count }

    /// - Parameters:
    ///   - a: `[N, C, H, W]`.
    ///   - b: the same.
    ///   - weight: `[N, 1, H, W]`, how much each position counts; all alike without it.
    /// - Returns: `[N]`, 0…1 and 1 where both agree.
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
