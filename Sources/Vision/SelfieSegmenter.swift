import Foundation
import Pictures
import Tensors

/// MediaPipe's Selfie Segmentation, the general model (Google, Apache-2.0): segments a person, including hair and clothes,
/// from the background.
///
/// Made for the upper body; its outline is accurate on crops of a face too. Hands, hair and objects held in front of the
/// face are part of the person.
package final class SelfieSegmenter: FaceSegmenter {
    private let network: Graph
    /// Side of the network's input.
    private static let size = 256

    /// - Parameter weights: the folder created by `Scripts/setup --with-segmentation`, `.deps/segmentation`.
    package init(weights: URL, device: Device) throws {
        network = try Graph("segmenter", in: weights, device: device)
    }

    package func person(in picture: Picture) throws -> Plane {
        let size = Self.size
        let small = picture.resized(width: size, height: size)
        let image = try Tensor(
            small.pixels.map { Float($0) / 255 }, shape: [1, size, size, 3], device: network.device)
        let values = try network.values(of: "person", for: image.permuted(0, 3, 1, 2))
        guard values.count == size * size else {
            throw VisionError(.unexpectedResult, "The segmentation network returned \(values.count) values.")
        }
        return Plane(width: size, height: size, values: values)
            .resized(width: picture.width, height: picture.height)
    }
}
