import Foundation
import Pictures

/// How large and how turned the pattern lies in a frame.
package struct WatermarkPose: Sendable, Equatable {
    /// Cells along the frame's shorter side: 80 in a whole frame, fewer in a cropped one, more in one with bars around it.
    package var cellsAcross: Double
    /// Degrees clockwise.
    package var angle: Double

    /// All that is looked for: crops to less than half and bars to almost double, in steps of 1 %; turns to 2.5 degrees in
    /// steps of a half. Over a frame's half diagonal a step's half is less than half a cell.
    static let scales = stride(from: log(32.0), through: log(150.0), by: scaleStep).map { exp($0) }
    static let angles = stride(from: 0.5, through: 2.5, by: angleStep).flatMap { [$0, -$0] }
    static let scaleStep = 0.01
    static let angleStep = 0.5

    /// Lays a plane onto the tile by this pose and adds up what falls on the same place.
    ///
    /// - Returns: `TileSpectrum.count` sums, each over the square root of how many pixels fell there, so that all places are
    ///   equally noisy.
    func folded(_ plane: Plane) -> [Float] {
        let scale = 2 * cellsAcross / Double(min(plane.width, plane.height))
        let turn = angle * .pi / 180
        // A place's six highest bits number the sample of the tile; beyond 64 samples the numbers wrap by themselves.
        let unit = Double(1 << 26)
        func fixed(_ value: Double) -> UInt32 { UInt32(truncatingIfNeeded: Int64((value * unit).rounded())) }
        let (c, s) = (cos(turn) * scale, sin(turn) * scale)
        let (alongX, alongY) = (fixed(c), fixed(-s))
        let (x, y) = (-Double(plane.width) / 2 + 0.5, -Double(plane.height) / 2 + 0.5)
        var bins = [SIMD2<Float>](repeating: .zero, count: TileSpectrum.count)
        bins.withUnsafeMutableBufferPointer { bins in
            plane.values.withUnsafeBufferPointer { values in
                for row in 0..<plane.height {
                    let down = y + Double(row)
                    var (u, v) = (fixed(x * c + down * s), fixed(down * c - x * s))
                    for index in row * plane.width..<(row + 1) * plane.width {
                        bins[Int((v >> 26) << 6 | u >> 26)] += SIMD2(values[index], 1)
                        u &+= alongX
                        v &+= alongY
                    }
                }
            }
        }
        return bins.map { $0.x / max(1, $0.y).squareRoot() }
    }
}
