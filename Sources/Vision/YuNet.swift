import Faces
import Foundation
import Pictures
import Tensors

/// Face detection with YuNet (Wu, Peng, Yu 2023, Machine Intelligence Research; version 2023mar, MIT licence).
///
/// The input is the picture with its longer side at most `side` pixels, padded below and to the right with black to
/// multiples of 32. Per cell of its maps with strides 8, 16 and 32 the network returns a class and an object score, a box
/// and five points.
package final class YuNet: FaceDetector {
    /// Longer side of the network's input, in pixels.
    package let side: Int
    /// Detections with a lower score are dropped.
    package let threshold: Float
    private let network: Graph

    package init(weights: URL, device: Device, side: Int = 640, threshold: Float = 0.6) throws {
        self.side = side
        self.threshold = threshold
        network = try Graph("yunet", in: weights, device: device)
    }

    package func faces(in picture: Picture) throws -> [DetectedFace] {
        try faces(in: picture, side: min(side, max(picture.width, picture.height)), quarterTurns: 0)
    }

    /// Detects faces in the picture scaled to `side` after clockwise rotation by quarter turns.
    func faces(in picture: Picture, side: Int, quarterTurns: Int) throws -> [DetectedFace] {
        guard picture.width > 0, picture.height > 0 else { return [] }
        let scale = Double(side) / Double(max(picture.width, picture.height))
        let upright = quarterTurns % 2 == 0
        let (shownWidth, shownHeight) =
            upright ? (picture.width, picture.height) : (picture.height, picture.width)
        let width = max(1, Int((Double(shownWidth) * scale).rounded()))
        let height = max(1, Int((Double(shownHeight) * scale).rounded()))
        let view = Self.view(
            quarterTurns: quarterTurns, scale: scale, width: Double(picture.width),
            height: Double(picture.height)
        )
        let samples = picture.samples(view, width: width, height: height)
        let image = try Tensor(samples, shape: [1, height, width, 3], device: network.device)
            .permuted(0, 3, 1, 2)
            .padded([0, (32 - width % 32) % 32, 0, (32 - height % 32) % 32])
        let back = view.inverse
        return DetectedFace.suppressed(try decoded(network(image))).map { $0.transformed(by: back) }
    }

    /// Picture pixels → pixels of the turned and scaled picture.
    private static func view(
        quarterTurns: Int, scale: Double, width: Double, height: Double
    ) -> SimilarityTransform {
        switch ((quarterTurns % 4) + 4) % 4 {
        case 1: SimilarityTransform(a: 0, b: scale, tx: height * scale, ty: 0)
        case 2: SimilarityTransform(a: -scale, b: 0, tx: width * scale, ty: height * scale)
        case 3: SimilarityTransform(a: 0, b: -scale, tx: 0, ty: width * scale)
        default: SimilarityTransform(a: scale, b: 0, tx: 0, ty: 0)
        }
    }

    private func decoded(_ maps: [String: Tensor]) throws -> [DetectedFace] {
        var found: [DetectedFace] = []
        for stride in [8, 16, 32] {
            let cells = try Cells(maps, stride: stride)
            for cell in 0..<cells.count {
                let score = cells.score(cell)
                if score > threshold { found.append(cells.face(cell, score: score)) }
            }
        }
        return found
    }
}

/// YuNet's maps of one stride, on the host.
private struct Cells {
    let stride: Int
    let width: Int
    let count: Int
    private let classes: [Float]
    private let objects: [Float]
    private let boxes: [Float]
    private let points: [Float]

    init(_ maps: [String: Tensor], stride: Int) throws {
        func map(_ kind: String, channels: Int) throws -> (values: [Float], width: Int) {
            guard let map = maps["\(kind)_\(stride)"], map.shape.count == 4, map.shape[1] == channels else {
                throw VisionError(
                    .unexpectedResult, "The face detector returned no map '\(kind)_\(stride)'.")
            }
            return (try map.contiguous().values(), map.shape[3])
        }
        self.stride = stride
        (classes, width) = try map("cls", channels: 1)
        objects = try map("obj", channels: 1).values
        boxes = try map("bbox", channels: 4).values
        points = try map("kps", channels: 10).values
        count = classes.count
        guard objects.count == count, boxes.count == 4 * count, points.count == 10 * count else {
            throw VisionError(.unexpectedResult, "The face detector's maps have inconsistent shapes.")
        }
    }

    /// Geometric mean of the two scores.
    func score(_ cell: Int) -> Float {
        (min(1, max(0, classes[cell])) * min(1, max(0, objects[cell]))).squareRoot()
    }

    /// Positions are offsets from the cell's corner and sizes logarithms, in strides.
    func face(_ cell: Int, score: Float) -> DetectedFace {
        let (column, row, unit) = (Double(cell % width), Double(cell / width), Double(stride))
        func box(_ channel: Int) -> Double { Double(boxes[channel * count + cell]) }
        func point(_ channel: Int) -> Double { Double(points[channel * count + cell]) }
        let size = (width: exp(box(2)) * unit, height: exp(box(3)) * unit)
        let centre = Point((column + box(0)) * unit, (row + box(1)) * unit)
        return DetectedFace(
            box: Box(
                x: centre.x - size.width / 2, y: centre.y - size.height / 2, width: size.width,
                height: size.height),
            score: score,
            points: (0..<5).map { Point((column + point(2 * $0)) * unit, (row + point(2 * $0 + 1)) * unit) })
    }
}
