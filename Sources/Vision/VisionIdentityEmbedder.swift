import Faces
import Foundation
import Tensors

/// Identity embeddings of aligned crops, differentiable with respect to their pixels: SFace after a fixed affine map.
///
/// A crop is already aligned to the mean face, so the network's template is at a known position and no landmarks are
/// needed. Turned heads are aligned slightly differently than by the recogniser's own five points.
package final class VisionIdentityEmbedder {
    private let network: Graph
    /// Pixels of the recogniser's input → the crop, both over 0…1.
    private let map: SimilarityTransform

    /// - Parameters:
    ///   - weights: the folder with the face networks.
    ///   - crop: kind of the input crops.
    package init(weights: URL, crop: CropKind, device: Device) throws {
        network = try Graph("sface", in: weights, device: device)
        let places = Self.fivePlaces
        guard let template = SimilarityTransform(from: places, to: SFace.places) else {
            throw VisionError(.unexpectedResult, "The mean face lacks the recogniser's five points.")
        }
        let side = Double(SFace.size)
        let fromUnit = SimilarityTransform(a: side, b: 0, tx: 0, ty: 0)
        map = fromUnit.then(template.inverse).then(crop.transform(size: 1))
    }

    /// Shapes: `[N, 3, R, R]` in 0…1 → `[N, 128]` of unit length.
    package func embeddings(of faces: Tensor) throws -> Tensor {
        let crop = try aligned(faces) * 255
        guard let raw = try network.recording(crop)["embedding"] else {
            throw VisionError(.unexpectedResult, "The face network sface has no output 'embedding'.")
        }
        return try raw * (raw.squared().sum(1, keep: true) + 1e-12).reciprocalSquareRoot()
    }

    /// Warps the faces to the recogniser's input. Shapes: `[N, 3, R, R]` → `[N, 3, 112, 112]`.
    func aligned(_ faces: Tensor) throws -> Tensor {
        var faces = faces
        // Larger crops are first reduced by area, since sampling would skip pixels.
        let factor = Int(map.scale * Double(faces.shape[3]) / Double(SFace.size))
        if factor > 1 {
            faces = try averagePool2d(faces.contiguous(), kernel: Extent(factor), stride: Extent(factor))
        }
        // Positions are in −1…1.
        let (dx, dy) = (
            map.a - map.b + 2 * map.tx - 1, map.b + map.a + 2 * map.ty - 1
        )
        let theta = try Tensor(
            [map.a, -map.b, dx, map.b, map.a, dy].map { Float($0) }, shape: [1, 2, 3], device: faces.device)
        let grid = try affineGrid(theta, height: SFace.size, width: SFace.size)
        return try gridSample(
            faces, grid: grid.expanded(faces.shape[0], SFace.size, SFace.size, 2), outside: .nearestEdge)
    }

    /// SFace's five points on the mean face, in its unit square.
    private static var fivePlaces: [Point] {
        func place(_ landmark: Int) -> [Point] {
            FaceAlignment.place(ofLandmark: landmark).map { [$0] } ?? []
        }
        func middle(_ i: Int, _ j: Int) -> [Point] { zip(place(i), place(j)).map { ($0 + $1) * 0.5 } }
        return middle(33, 133) + middle(362, 263) + place(4) + place(61) + place(291)
    }
}
