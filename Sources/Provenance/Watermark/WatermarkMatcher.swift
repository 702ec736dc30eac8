/// Matches folded frames with a key's tile in one orientation.
struct WatermarkMatcher {
    /// The shift with the highest correlation of the guide cells.
    struct Peak {
        /// In standard deviations of the score of unmarked frames.
        var score: Float
        /// Offset in samples of the tile.
        var row: Int
        var column: Int
    }

    let tile: WatermarkTile
    private let guide: TileSpectrum
    private let guideNoise: Float
    /// Spectrum of a single cell.
    private static let kernel: TileSpectrum = {
        var one = [Float](repeating: 0, count: WatermarkTile.side * WatermarkTile.side)
        one[0] = 1
        return spectrum(one)
    }()

    init(_ tile: WatermarkTile) {
        self.tile = tile
        guide = Self.spectrum(tile.guide)
        guideNoise = guide.energy.squareRoot()
    }

    /// Spectrum of a tile's cells at two samples per cell, interpolated linearly between their centres.
    private static func spectrum(_ cells: [Float]) -> TileSpectrum {
        let (side, half) = (TileSpectrum.side, WatermarkTile.side)
        var samples = [Float](repeating: 0, count: TileSpectrum.count)
        for row in 0..<side {
            for column in 0..<side {
                let rows = [row / 2, (row + 1) / 2 % half]
                let columns = [column / 2, (column + 1) / 2 % half]
                samples[row * side + column] =
                    rows.reduce(0) { sum, row in
                        columns.reduce(sum) { $0 + 0.25 * cells[row * half + $1] }
                    }
            }
        }
        var spectrum = TileSpectrum(samples)
        spectrum.transform()
        return spectrum
    }

    /// The highest peak in each of the two grids packed in a whitened spectrum.
    func peaks(_ whitened: TileSpectrum) -> (Peak, Peak) {
        var surface = whitened.correlated(with: guide)
        surface.inverseTransform()
        return (peak(surface.real), peak(surface.imaginary))
    }

    private func peak(_ surface: [SIMD8<Float>]) -> Peak {
        // The lane-wise maximum first, then the maximum of the lanes: vector comparisons are fast.
        var greatest = surface[0]
        for vector in surface { greatest.replace(with: vector, where: vector .> greatest) }
        let lanes = (0..<8).map { greatest[$0] }
        let best = lanes.max() ?? 0
        let lane = lanes.firstIndex(of: best) ?? 0
        let place = surface.firstIndex { $0[lane] == best } ?? 0
        let (row, column) = (place * 8 + lane).quotientAndRemainder(dividingBy: TileSpectrum.side)
        return Peak(score: best / guideNoise, row: row, column: column)
    }

    /// The correlation of each cell, for the tile shifted to `peak`.
    ///
    /// - Parameter whitened: its first grid is used.
    func cells(_ whitened: TileSpectrum, at peak: Peak) -> [Float] {
        var surface = whitened.correlated(with: Self.kernel)
        surface.inverseTransform()
        let (values, side) = (surface.reals, TileSpectrum.side)
        return (0..<WatermarkTile.side * WatermarkTile.side).map { cell in
            let (row, column) = cell.quotientAndRemainder(dividingBy: WatermarkTile.side)
            return values[(2 * row + peak.row) % side * side + (2 * column + peak.column) % side]
        }
    }

    /// Match of cell values with a whole tile, in standard deviations of the score of unmarked frames for a tile that was chosen
    /// independently of them.
    func score(_ seen: [Float], for coded: [Bool]) -> Float {
        let cells = tile.cells(coded)
        let sum = zip(seen, cells).reduce(0) { $0 + $1.0 * $1.1 }
        return sum / Self.spectrum(cells).energy.squareRoot()
    }
}
