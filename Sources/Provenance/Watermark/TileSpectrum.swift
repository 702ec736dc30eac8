/// Complex numbers on the square grid on which tiles are compared: 64 × 64, two samples per cell; in space or frequency.
///
/// Rows of eight vectors of eight numbers, so that each step of the transform is vectorised.
struct TileSpectrum {
    static let side = 2 * WatermarkTile.side
    static let count = side * side
    private static let width = side / 8

    var real = [SIMD8<Float>](repeating: .zero, count: count / 8)
    var imaginary = [SIMD8<Float>](repeating: .zero, count: count / 8)

    init() {}

    /// Packs two real grids as real and imaginary part.
    init(_ first: [Float], _ second: [Float]? = nil) {
        Self.fill(&real, first)
        if let second { Self.fill(&imaginary, second) }
    }

    private static func fill(_ vectors: inout [SIMD8<Float>], _ values: [Float]) {
        vectors.withUnsafeMutableBytes { target in
            values.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// Unscaled 2-D discrete Fourier transform; the result is transposed.
    mutating func transform() {
        Self.line.transform(&real, &imaginary, width: Self.width)
        Self.transpose(&real)
        Self.transpose(&imaginary)
        Self.line.transform(&real, &imaginary, width: Self.width)
    }

    /// Unscaled inverse; transposes again, so that the round trip keeps the orientation.
    mutating func inverseTransform() {
        swap(&real, &imaginary)
        transform()
        swap(&real, &imaginary)
    }

    private static let line = FourierLine(length: side)

    private static func transpose(_ vectors: inout [SIMD8<Float>]) {
        vectors.withUnsafeMutableBytes { bytes in
            let values = bytes.assumingMemoryBound(to: Float.self)
            for row in 1..<side {
                for column in 0..<row { values.swapAt(row * side + column, column * side + row) }
            }
        }
    }
}

extension TileSpectrum {
    var reals: [Float] { Self.values(real) }
    var imaginaries: [Float] { Self.values(imaginary) }

    private static func values(_ vectors: [SIMD8<Float>]) -> [Float] {
        vectors.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// Sum of squared magnitudes.
    var energy: Float {
        zip(real, imaginary).reduce(0) { $0 + ($1.0 * $1.0 + $1.1 * $1.1).sum() }
    }

    /// Product with the complex conjugate of another spectrum: cross-correlation.
    func correlated(with other: TileSpectrum) -> TileSpectrum {
        var result = TileSpectrum()
        for index in real.indices {
            let (a, b, c, d) = (real[index], imaginary[index], other.real[index], other.imaginary[index])
            result.real[index] = a * c + b * d
            result.imaginary[index] = b * c - a * d
        }
        return result
    }

    /// Whitens the spectra of two packed real grids, keeping the phase (symmetrical phase-only matching, as in Kalker, Depovere,
    /// Haitsma and Maes, "A video watermarking system for broadcast monitoring", 1999). Each frequency is divided by the maximum
    /// of its own magnitude and the mean magnitude around it, so that weak frequencies, whose phases are mostly noise, have less
    /// weight.
    func whitened() -> TileSpectrum {
        var (first, second) = parted()
        first.even()
        second.even()
        var result = TileSpectrum()
        for index in real.indices {
            result.real[index] = first.real[index] - second.imaginary[index]
            result.imaginary[index] = first.imaginary[index] + second.real[index]
        }
        return result
    }

    /// Unpacks the spectra of the real and the imaginary grid, without frequency 0:
    /// A = F(k) + F*(−k), B = (F(k) − F*(−k)) / i, each twice its value.
    private func parted() -> (TileSpectrum, TileSpectrum) {
        let (re, im, side) = (reals, imaginaries, Self.side)
        var parts = [[Float]](repeating: [Float](repeating: 0, count: Self.count), count: 4)
        for row in 0..<side {
            for column in 0..<side where row + column > 0 {
                let here = row * side + column
                let there = (side - row) % side * side + (side - column) % side
                parts[0][here] = re[here] + re[there]
                parts[1][here] = im[here] - im[there]
                parts[2][here] = im[here] + im[there]
                parts[3][here] = re[there] - re[here]
            }
        }
        return (TileSpectrum(parts[0], parts[1]), TileSpectrum(parts[2], parts[3]))
    }

    /// Normalises all frequencies to similar magnitudes, with a root mean square of 1.
    private mutating func even() {
        var magnitudes = real
        for index in real.indices {
            magnitudes[index] =
                (real[index] * real[index] + imaginary[index] * imaginary[index]).squareRoot()
        }
        let around = Self.means(magnitudes)
        for index in real.indices {
            var level = SIMD8<Float>(repeating: 1e-12)
            level.replace(with: around[index], where: around[index] .> level)
            level.replace(with: magnitudes[index], where: magnitudes[index] .> level)
            real[index] /= level
            imaginary[index] /= level
        }
        let scale = (Float(Self.count) / max(1e-12, energy)).squareRoot()
        for index in real.indices {
            real[index] *= scale
            imaginary[index] *= scale
        }
    }

    /// Means of 5 × 5 neighbours, circular.
    private static func means(_ values: [SIMD8<Float>]) -> [SIMD8<Float>] {
        var result = values
        for _ in 0..<2 {
            let lines = result
            for row in 0..<side {
                for part in 0..<width {
                    var sum = SIMD8<Float>.zero
                    for step in -2...2 { sum += lines[(row + step + side) % side * width + part] }
                    result[row * width + part] = sum * 0.2
                }
            }
            transpose(&result)
        }
        return result
    }
}
