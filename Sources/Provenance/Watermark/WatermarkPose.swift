import Foundation
import Pictures

/// How large, how turned and how stretched the pattern lies in a frame.
package struct WatermarkPose: Sendable, Equatable {
    /// Cells along the frame's shorter side: 80 in a whole frame, fewer in a cropped one, more in one with bars around it.
    package var cellsAcross: Double
    /// Degrees clockwise.
    package var angle: Double
    /// How much wider than high cells are: 1 for none, 1.15 where a picture was made 15 % wider. `cellsAcross` counts cells of the mean side.
    package var stretch: Double = 1

    /// Scales of the exhaustive rounds: crops to less than half and bars to almost double, in steps of 1 %. Over a frame's
    /// half diagonal a step's half is less than half a cell.
    static let scales = stride(from: log(32.0), through: log(150.0), by: scaleStep).map { exp($0) }
    /// Turns of the exhaustive rounds: to 2.5 degrees in steps of a half.
    static let angles = stride(from: 0.5, through: 2.5, by: angleStep).flatMap { [$0, -$0] }
    static let scaleStep = 0.01
    static let angleStep = 0.5
    static let stretchStep = 0.015

    /// Whether another pose is a step away at most.
    func isNear(_ other: WatermarkPose) -> Bool {
        abs(cellsAcross / other.cellsAcross - 1) < 1.5 * Self.scaleStep
            && abs(angle - other.angle) < 1.5 * Self.angleStep
            && abs(stretch / other.stretch - 1) < 1.5 * Self.stretchStep
    }

    /// Cells for each pixel to the right and for each pixel down: columns of the linear map from a plane to the tile.
    ///
    /// - Parameter side: the plane's shorter side in pixels.
    func cellsPerPixel(side: Int) -> (right: SIMD2<Double>, down: SIMD2<Double>) {
        let (scale, turn) = (cellsAcross / Double(side), angle * .pi / 180)
        let (c, s) = (cos(turn) * scale, sin(turn) * scale)
        let root = stretch.squareRoot()
        return (SIMD2(c, -s) / root, SIMD2(s, c) * root)
    }

    /// Lays a region of a plane onto the tile by this pose and adds up what falls on the same place.
    ///
    /// - Returns: `TileSpectrum.count` sums, each over the square root of how many pixels fell there, so that all places are
    ///   equally noisy.
    func folded(_ plane: Plane, in region: PixelRegion) -> [Float] {
        let (right, down) = cellsPerPixel(side: min(plane.width, plane.height))
        // Two samples a cell. A place's six highest bits number the sample of the tile; beyond 64 samples the numbers wrap by
        // themselves.
        let unit = Double(2 << 26)
        func fixed(_ value: Double) -> UInt32 { UInt32(truncatingIfNeeded: Int64((value * unit).rounded())) }
        let (alongX, alongY) = (fixed(right.x), fixed(right.y))
        let (x, y) = (-Double(region.width) / 2 + 0.5, -Double(region.height) / 2 + 0.5)
        func start(_ row: Int) -> (index: Int, u: UInt32, v: UInt32) {
            let place = right * x + down * (y + Double(row))
            return ((region.y + row) * plane.width + region.x, fixed(place.x), fixed(place.y))
        }
        var bins = [SIMD2<Float>](repeating: .zero, count: TileSpectrum.count)
        bins.withUnsafeMutableBufferPointer { bins in
            plane.values.withUnsafeBufferPointer { values in
                // Neighbours in a row share bins, and each addition would wait for the one before: two rows that lie far from
                // each other take turns.
                let half = region.height / 2
                for row in 0..<half {
                    var (first, u, v) = start(row)
                    var (second, s, t) = start(row + half)
                    for _ in 0..<region.width {
                        bins[Int((v >> 26) << 6 | u >> 26)] += SIMD2(values[first], 1)
                        bins[Int((t >> 26) << 6 | s >> 26)] += SIMD2(values[second], 1)
                        (first, second) = (first + 1, second + 1)
                        u &+= alongX
                        v &+= alongY
                        s &+= alongX
                        t &+= alongY
                    }
                }
                if region.height % 2 == 1 {
                    var (index, u, v) = start(region.height - 1)
                    for _ in 0..<region.width {
                        bins[Int((v >> 26) << 6 | u >> 26)] += SIMD2(values[index], 1)
                        index += 1
                        u &+= alongX
                        v &+= alongY
                    }
                }
            }
        }
        return bins.map { $0.x / max(1, $0.y).squareRoot() }
    }
}
