/// Compares folded frames with a key's tile, as it lies in one orientation.
struct WatermarkMatcher {
    /// Where the guides fit best.
    struct Peak {
        /// In standard deviations of what frames without the mark give.
        var score: Float
        /// Samples of the tile.
        var row: Int
        var column: Int
    }

    let tile: WatermarkTile
    private let guide: TileSpectrum
    private let guideNoise: Float
    /// A single cell.
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

    /// A tile's cells drawn with two samples a cell, straight between their centres.
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

    /// The best place in each of the two grids that a whitened spectrum holds.
    func peaks(_ whitened: TileSpectrum) -> (Peak, Peak) {
        var surface = whitened.correlated(with: guide)
        surface.inverseTransform()
        return (peak(surface.real), peak(surface.imaginary))
    }

    private func peak(_ surface: [SIMD8<Float>]) -> Peak {
        // The greatest of each of the eight, then of these: comparing vectors is what is fast.
        var greatest = surface[0]
        for vector in surface { greatest.replace(with: vector, where: vector .> greatest) }
        let lanes = (0..<8).map { greatest[$0] }
        let best = lanes.max() ?? 0
        let lane = lanes.firstIndex(of: best) ?? 0
        let place = surface.firstIndex { $0[lane] == best } ?? 0
        let (row, column) = (place * 8 + lane).quotientAndRemainder(dividingBy: TileSpectrum.side)
        return Peak(score: best / guideNoise, row: row, column: column)
    }

    /// What each cell of the tile shows, when the tile lies where `peak` says.
    ///
    /// - Parameter whitened: its first grid is read.
    func cells(_ whitened: TileSpectrum, at peak: Peak) -> [Float] {
        var surface = whitened.correlated(with: Self.kernel)
        surface.inverseTransform()
        let (values, side) = (surface.reals, TileSpectrum.side)
        return (0..<WatermarkTile.side * WatermarkTile.side).map { cell in
            let (row, column) = cell.quotientAndRemainder(dividingBy: WatermarkTile.side)
            return values[(2 * row + peak.row) % side * side + (2 * column + peak.column) % side]
        }
    }

    /// How well seen cells fit a whole tile, in standard deviations of what frames without the mark give for a tile that was
    /// not chosen by them.
    func score(_ seen: [Float], for coded: [Bool]) -> Float {
        let cells = tile.cells(coded)
        let sum = zip(seen, cells).reduce(0) { $0 + $1.0 * $1.1 }
        return sum / Self.spectrum(cells).energy.squareRoot()
    }
}
