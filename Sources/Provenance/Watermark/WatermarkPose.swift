import Foundation
import Pictures

/// Scale, rotation and stretch of the pattern in a frame.
package struct WatermarkPose: Sendable, Equatable {
    /// Cells along the frame's shorter side: 80 in an uncropped frame, fewer after cropping, more after letterboxing.
    package var cellsAcross: Double
    /// Rotation in degrees clockwise.
    package var angle: Double
    /// Width over height of a cell: 1.15 for a picture stretched horizontally by 15 %. `cellsAcross` counts cells of the mean side.
    package var stretch: Double = 1

    /// Scales of the exhaustive rounds: crops to less than half and bars to almost double, in steps of 1 %. Half a step is less
    /// than half a cell over a frame's half diagonal.
    static let scales = stride(from: log(32.0), through: log(150.0), by: scaleStep).map { exp($0) }
    /// Angles of the exhaustive rounds: ±0.5…2.5 degrees in steps of a half.
    static let angles = stride(from: 0.5, through: 2.5, by: angleStep).flatMap { [$0, -$0] }
    static let scaleStep = 0.01
    static let angleStep = 0.5
    static let stretchStep = 0.015

    /// Whether another pose is within one step.
    func isNear(_ other: WatermarkPose) -> Bool {
        abs(cellsAcross / other.cellsAcross - 1) < 1.5 * Self.scaleStep
            && abs(angle - other.angle) < 1.5 * Self.angleStep
            && abs(stretch / other.stretch - 1) < 1.5 * Self.stretchStep
    }

    /// Cells per pixel to the right and down: columns of the linear map from a plane to the tile.
    ///
    /// - Parameter side: the plane's shorter side in pixels.
    func cellsPerPixel(side: Int) -> (right: SIMD2<Double>, down: SIMD2<Double>) {
        let (scale, turn) = (cellsAcross / Double(side), angle * .pi / 180)
        let (c, s) = (cos(turn) * scale, sin(turn) * scale)
        let root = stretch.squareRoot()
        return (SIMD2(c, -s) / root, SIMD2(s, c) * root)
    }

    /// Maps a region of a plane onto the tile with this pose and sums the pixels of each tile position.
    ///
    /// - Returns: `TileSpectrum.count` sums, each divided by the square root of its pixel count, so that all have the same noise
    ///   variance.
    func folded(_ plane: Plane, in region: PixelRegion) -> [Float] {
        let (right, down) = cellsPerPixel(side: min(plane.width, plane.height))
        // Two samples per cell. The six highest bits of a position are the tile's sample index; positions beyond 64 samples wrap
        // by integer overflow.
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
                // Adjacent pixels of a row share bins, so that each addition would wait for the previous one: two distant rows are
                // interleaved.
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
