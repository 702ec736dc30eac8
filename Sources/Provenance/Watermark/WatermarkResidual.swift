import Pictures

/// The high-pass residual of a frame's luma, without structures larger than the watermark's cells and with locally normalised
/// amplitude, so that edges do not dominate.
struct WatermarkResidual {
    /// Minimum shorter side in pixels to which frames are downscaled, by integer factors.
    static let leastSide = 240

    /// The expected cell size: that of a whole frame, or the smaller one of an embedded picture.
    enum Detail: Int, CaseIterable {
        case whole
        case part

        /// Cell size relative to that of a whole frame.
        fileprivate var cellShare: Double { self == .whole ? 1 : 0.6 }
    }

    let width: Int
    let height: Int
    /// Sums over frames, per detail.
    private var sums: [[Float]]
    private(set) var frames = 0

    init(width: Int, height: Int) {
        let factor = Self.factor(width, height)
        (self.width, self.height) = (width / factor, height / factor)
        let sum = [Float](repeating: 0, count: self.width * self.height)
        sums = Detail.allCases.map { _ in sum }
    }

    private static func factor(_ width: Int, _ height: Int) -> Int { max(1, min(width, height) / leastSide) }

    /// Cell size in pixels of an uncropped frame.
    private func cell(_ detail: Detail) -> Double {
        detail.cellShare * Double(min(width, height)) / WatermarkTile.cellsAcross
    }

    mutating func add(_ luma: Plane) {
        let small = Self.shrunk(luma, by: Self.factor(luma.width, luma.height))
        for detail in Detail.allCases {
            let even = small.blurred(sigma: 0.6 * cell(detail))
            let residual = Plane(
                width: width, height: height, values: Self.difference(small.values, even.values))
            let level = normalised(residual, detail, floor: 0.5)
            for index in level.indices { sums[detail.rawValue][index] += level[index] }
        }
        frames += 1
    }

    /// The mean over all frames, normalised again: motion averages out, the static pattern remains.
    func mean(_ detail: Detail) -> Plane {
        let scale = 1 / Float(max(1, frames))
        let plane = Plane(width: width, height: height, values: sums[detail.rawValue].map { $0 * scale })
        return Plane(width: width, height: height, values: normalised(plane, detail, floor: 0.01))
    }

    /// - Parameter floor: deviations much below it stay small.
    private func normalised(_ residual: Plane, _ detail: Detail, floor: Float) -> [Float] {
        var power = residual
        for index in power.values.indices { power.values[index] *= power.values[index] }
        let local = power.blurred(sigma: 0.8 * cell(detail))
        var result = residual.values
        for index in result.indices { result[index] /= max(0, local.values[index]).squareRoot() + floor }
        return result
    }

    private static func difference(_ left: [Float], _ right: [Float]) -> [Float] {
        var result = left
        for index in result.indices { result[index] -= right[index] }
        return result
    }

    /// Downscales by averaging `factor` × `factor` pixels.
    private static func shrunk(_ plane: Plane, by factor: Int) -> Plane {
        guard factor > 1 else { return plane }
        var result = Plane(width: plane.width / factor, height: plane.height / factor)
        let scale = 1 / Float(factor * factor)
        plane.values.withUnsafeBufferPointer { source in
            for row in 0..<result.height {
                for column in 0..<result.width {
                    var sum: Float = 0
                    for line in row * factor..<(row + 1) * factor {
                        let start = line * plane.width + column * factor
                        for index in start..<start + factor { sum += source[index] }
                    }
                    result.values[row * result.width + column] = sum * scale
                }
            }
        }
        return result
    }
}
