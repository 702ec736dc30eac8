/// Complex numbers on the square grid that tiles are compared on: 64 × 64, two samples a cell; in space or in frequency.
///
/// Rows of eight times eight numbers, so that each step of the transform is plain arithmetic on vectors.
struct TileSpectrum {
    static let side = 2 * WatermarkTile.side
    static let count = side * side
    private static let width = side / 8

    var real = [SIMD8<Float>](repeating: .zero, count: count / 8)
    var imaginary = [SIMD8<Float>](repeating: .zero, count: count / 8)

    init() {}

    /// Two real grids at once: one as the real, one as the imaginary part.
    init(_ first: [Float], _ second: [Float]? = nil) {
        Self.fill(&real, first)
        if let second { Self.fill(&imaginary, second) }
    }

    private static func fill(_ vectors: inout [SIMD8<Float>], _ values: [Float]) {
        vectors.withUnsafeMutableBytes { target in
            values.withUnsafeBytes { target.copyMemory(from: $0) }
        }
    }

    /// Discrete Fourier transform in both directions, unscaled; rows and columns change places.
    mutating func transform() {
        Self.line.transform(&real, &imaginary, width: Self.width)
        Self.transpose(&real)
        Self.transpose(&imaginary)
        Self.line.transform(&real, &imaginary, width: Self.width)
    }

    /// The inverse, unscaled; rows and columns change places again, so that both together keep them.
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

    /// Product with another's conjugate: correlation.
    func correlated(with other: TileSpectrum) -> TileSpectrum {
        var result = TileSpectrum()
        for index in real.indices {
            let (a, b, c, d) = (real[index], imaginary[index], other.real[index], other.imaginary[index])
            result.real[index] = a * c + b * d
            result.imaginary[index] = b * c - a * d
        }
        return result
    }

    /// The spectra of two real grids held as one, each evened out: what is left is where things are, not how strong they are
    /// (phase matching, as in Kalker, Depovere, Haitsma and Maes, "A video watermarking system for broadcast monitoring",
    /// 1999). A frequency is divided by the mean magnitude around it, or by its own where that is greater, so that weak ones,
    /// whose phases are mostly noise, count less.
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

    /// The spectra of the real and of the imaginary grid, without frequency 0:
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

    /// Brings all frequencies to much the same magnitude, 1 in the root of the mean square.
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

    /// Means of five by five neighbours; the grid goes round.
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
