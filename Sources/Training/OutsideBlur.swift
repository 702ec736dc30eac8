import Foundation
import Tensors

/// Replaces the background outside the face by a blurred version, so that the network spends no capacity on
/// it.
///
/// The blur takes no colour from the face: the picture outside the mask and the inverted mask are both
/// blurred, and divided (normalised convolution; Knutsson and Westin 1993).
struct OutsideBlur {
    /// `[side, side]`, symmetric.
    private let window: Tensor

    /// - Parameter deviation: standard deviation of the Gaussian, as a fraction of the side.
    init(side: Int, deviation: Double, device: Device) throws {
        let sigma = deviation * Double(side)
        let values = (0..<side * side).map { place in
            let distance = Double(place / side - place % side)
            return Float(exp(-distance * distance / (2 * sigma * sigma)) / (sigma * (2 * .pi).squareRoot()))
        }
        window = try Tensor(values, shape: [side, side], device: device)
    }

    /// Shapes: `[N, 3, side, side]` and the mask `[N, 1, side, side]` → `[N, 3, side, side]`.
    func callAsFunction(_ pictures: Tensor, mask: Tensor) throws -> Tensor {
        let outside = try 1 - mask
        func blurred(_ x: Tensor) throws -> Tensor { try matmul(matmul(window, x), window) }
        // Deep inside a large mask both are 0; no colour is needed there.
        let around = try blurred(pictures * outside) / (blurred(outside) + 1e-4)
        return try pictures * mask + around * outside
    }
}
