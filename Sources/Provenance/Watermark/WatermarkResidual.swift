import Pictures

/// What is left of a frame's luma when all that is larger than the watermark's cells is taken away, and each place is brought
/// to the same strength, so that no edge outweighs the rest.
struct WatermarkResidual {
    /// Frames are shrunk by whole factors to a shorter side of at least so many pixels.
    static let leastSide = 240

    /// What cells are expected: those of a whole frame, and the smaller ones of a picture within the picture.
    enum Detail: Int, CaseIterable {
        case whole
        case part

        /// Of a whole frame's cell.
        fileprivate var cellShare: Double { self == .whole ? 1 : 0.6 }
    }

    let width: Int
    let height: Int
    /// The sums over frames, for each detail.
    private var sums: [[Float]]
    private(set) var frames = 0

    init(width: Int, height: Int) {
        let factor = Self.factor(width, height)
        (self.width, self.height) = (width / factor, height / factor)
        let sum = [Float](repeating: 0, count: self.width * self.height)
        sums = Detail.allCases.map { _ in sum }
    }

    private static func factor(_ width: Int, _ height: Int) -> Int { max(1, min(width, height) / leastSide) }

    /// Pixels of a cell in a frame that was not cropped.
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

    /// The mean over all frames, evened out once more: what moves has cancelled out, what stands still is as strong as ever.
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

    /// Means of squares of `factor` pixels.
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
