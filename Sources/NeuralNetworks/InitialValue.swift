import Tensors

/// Initialization of a parameter.
package enum InitialValue: Sendable {
    case constant(Double)
    /// Normal distribution with the given standard deviation.
    case normal(Double)
    /// Normal distribution with standard deviation gain / √fan_in, where fan_in is the product of all axes
    /// but the first (He et al. 2015).
    case scaledNormal(gain: Double)
    /// Like `scaledNormal`, but equal for the f² channels that a pixel shuffle combines, which avoids
    /// checkerboard artifacts in the initial output (ICNR; Aitken et al. 2017).
    case shuffled(factor: Int, gain: Double)

    /// Given values, such as a mean over the data.
    case given([Float])

    package static let zeros = InitialValue.constant(0)
    package static let ones = InitialValue.constant(1)

    func values(shape: [Int], numbers: inout RandomNumbers) -> [Float] {
        let count = shape.reduce(1, *)
        let row = shape.dropFirst().reduce(1, *)
        switch self {
        case .constant(let value): return [Float](repeating: Float(value), count: count)
        case .given(let values): return values
        case .normal(let deviation): return (0..<count).map { _ in Float(numbers.normal() * deviation) }
        case .scaledNormal(let gain):
            let deviation = gain / Double(max(row, 1)).squareRoot()
            return (0..<count).map { _ in Float(numbers.normal() * deviation) }
        case .shuffled(let factor, let gain):
            let deviation = gain / Double(max(row, 1)).squareRoot()
            let copies = factor * factor
            var values: [Float] = []
            values.reserveCapacity(count)
            for _ in 0..<(count / max(row, 1) / copies) {
                let kernel = (0..<row).map { _ in Float(numbers.normal() * deviation) }
                for _ in 0..<copies { values.append(contentsOf: kernel) }
            }
            return values
        }
    }
}
