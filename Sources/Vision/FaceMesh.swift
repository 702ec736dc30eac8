import Faces
import Foundation
import Pictures
import Tensors

/// The 478 landmarks and the 52 expression coefficients of MediaPipe's Face Landmarker (Google, Apache-2.0).
///
/// Accurate up to about 60° of yaw; beyond it the presence falls to 0.
package final class FaceMesh: FaceLandmarker {
    private let mesh: Graph
    private let blendshapes: Graph
    /// Side of the network's input crop.
    private static let size = 256

    package init(weights: URL, device: Device) throws {
        mesh = try Graph("facemesh", in: weights, device: device)
        // Many tiny operations on 146 points: always fastest on the CPU.
        blendshapes = try Graph("blendshapes", in: weights, device: .cpu)
    }

    package func landmarks(
        in picture: Picture, around regions: [FaceRegion]
    ) throws -> [FaceLandmarks?] {
        let crops = regions.map { $0.isUsable ? $0.crop(size: Self.size) : nil }
        let usable = crops.compactMap { $0 }
        guard !usable.isEmpty else { return regions.map { _ in nil } }
        var samples: [Float] = []
        samples.reserveCapacity(usable.count * Self.size * Self.size * 3)
        for crop in usable { samples += picture.samples(crop, width: Self.size, height: Self.size) }
        let image = try Tensor(
            samples, shape: [usable.count, Self.size, Self.size, 3], device: mesh.device)
        let result = try mesh(image.permuted(0, 3, 1, 2) * (1 / 255))
        let faces = try Self.read(result, crops: usable)
        var next = 0
        return crops.map { crop in
            guard crop != nil else { return nil }
            next += 1
            return faces[next - 1]
        }
    }

    /// Converts crop pixels to picture pixels, and the presence's logit to a probability.
    private static func read(
        _ result: [String: Tensor], crops: [SimilarityTransform]
    ) throws -> [FaceLandmarks] {
        let values: [Float] = try result["landmarks"]?.contiguous().values() ?? []
        let odds: [Float] = try result["presence"]?.contiguous().values() ?? []
        let count = FaceLandmarks.count
        guard values.count == crops.count * count * 3, odds.count == crops.count else {
            throw VisionError(.unexpectedResult, "The landmark network returned \(values.count) values.")
        }
        return crops.enumerated().map { index, crop in
            let (back, first) = (crop.inverse, index * count * 3)
            let scale = Float(back.scale)
            return FaceLandmarks(
                points: (0..<count).map {
                    back(Point(Double(values[first + 3 * $0]), Double(values[first + 3 * $0 + 1])))
                },
                depths: (0..<count).map { values[first + 3 * $0 + 2] * scale },
                presence: 1 / (1 + exp(-odds[index])))
        }
    }

    package func expression(of landmarks: FaceLandmarks) throws -> Faces.Expression {
        let points = Self.expressive.flatMap { index -> [Float] in
            let point = landmarks.points[index]
            return [Float(point.x), Float(point.y)]
        }
        let input = try Tensor(points, shape: [1, Self.expressive.count, 2])
        let coefficients = try blendshapes.values(of: "coefficients", for: input)
        guard coefficients.count == Faces.Expression.names.count else {
            throw VisionError(
                .unexpectedResult, "The expression network returned \(coefficients.count) values.")
        }
        return Faces.Expression(coefficients: coefficients)
    }

    /// The landmarks that the expression network takes, in its order.
    private static let expressive = [
        0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67,
        70,
        78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148,
        149,
        150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191,
        195,
        197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297,
        300,
        308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374,
        375,
        377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415,
        454,
        466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
    ]
}
