import Faces
import Foundation
import Pictures

/// What a clip's main face does, frame by frame.
struct FaceSeries {
    /// By frame number; nil where no face was found.
    private(set) var faces: [ObservedFace?] = []
    private(set) var sharpness: [Double?] = []

    /// - Parameter picture: the frame, for the face's sharpness.
    mutating func add(_ face: ObservedFace?, in picture: Picture) {
        faces.append(face)
        sharpness.append(face.map { Self.sharpness(of: $0, in: picture) })
    }

    var embeddings: [Embedding] { faces.compactMap { $0?.embedding } }

    /// Mean absolute second difference over three neighbouring frames of the inner landmarks in the picture, in face
    /// widths: what trembles; steady movement does not count.
    func jitter(_ frame: Int) -> Double? {
        guard frame > 0, frame + 1 < faces.count, let a = faces[frame - 1], let b = faces[frame],
            let c = faces[frame + 1]
        else { return nil }
        let width = b.alignment.faceWidth
        guard width > 0 else { return nil }
        let points = Self.inner.map { index in
            (a.landmarks.points[index] - b.landmarks.points[index] * 2 + c.landmarks.points[index]).length
        }
        return points.reduce(0, +) / Double(points.count) / width
    }

    /// Corners of eyes and mouth, bridge, tip and wings of the nose, brows, lips' middle.
    private static let inner = [
        33, 133, 362, 263, 168, 6, 4, 98, 327, 70, 105, 107, 336, 334, 300, 61, 291, 13, 14,
    ]

    /// Mean absolute Laplacian of luma in a crop with the face 96 pixels wide.
    private static func sharpness(of face: ObservedFace, in picture: Picture) -> Double {
        let size = 96
        let transform = face.alignment.toUnit.then(
            SimilarityTransform(a: Double(size), b: 0, tx: 0, ty: 0))
        let luma = picture.crop(transform, width: size, height: size).luma
        var sum = 0.0
        for row in 1..<size - 1 {
            for column in 1..<size - 1 {
                let index = row * size + column
                let around =
                    luma.values[index - 1] + luma.values[index + 1] + luma.values[index - size]
                    + luma.values[index + size]
                sum += Double(abs(4 * luma.values[index] - around))
            }
        }
        return sum / Double((size - 2) * (size - 2))
    }
}
