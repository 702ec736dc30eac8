import Faces
import Foundation
import Pictures

/// Measurements of a clip's main face, frame by frame.
struct FaceSeries {
    /// By frame number; `nil` for frames without a face.
    private(set) var faces: [ObservedFace?] = []
    private var shots: [Int] = []
    private(set) var sharpness: [Double?] = []
    /// Sharpness at the face's size in the frame.
    private(set) var detail: [Double?] = []
    /// Mean L*a*b* of the inner face.
    private var colours: [SIMD3<Double>?] = []

    /// - Parameters:
    ///   - picture: the frame, for sharpness and colour of the face.
    ///   - shot: number of the frame's shot: jitter and flicker are not measured across shots.
    mutating func add(_ face: ObservedFace?, in picture: Picture, shot: Int = 0) {
        faces.append(face)
        shots.append(shot)
        let crop = face.map { Self.crop(of: $0, in: picture, size: Self.cropSize) }
        sharpness.append(crop.map { Self.sharpness(of: $0) })
        detail.append(
            face.map { face in
                let size = min(
                    max(Int(face.alignment.faceWidth.rounded()), Self.detailSizes.lowerBound),
                    Self.detailSizes.upperBound)
                return Self.sharpness(of: Self.crop(of: face, in: picture, size: size))
            })
        colours.append(crop.map { Self.colour(of: $0) })
    }

    var embeddings: [Embedding] { faces.compactMap { $0?.embedding } }

    /// Jitter: mean absolute second difference of the inner landmarks over three consecutive frames, in face widths. Steady
    /// movement does not contribute.
    func jitter(_ frame: Int) -> Double? {
        guard isWithinShot(frame), let a = faces[frame - 1], let b = faces[frame],
            let c = faces[frame + 1]
        else { return nil }
        let width = b.alignment.faceWidth
        guard width > 0 else { return nil }
        let points = Self.inner.map { index in
            (a.landmarks.points[index] - b.landmarks.points[index] * 2 + c.landmarks.points[index]).length
        }
        return points.reduce(0, +) / Double(points.count) / width
    }

    /// Flicker: length of the second difference of the face's mean colour over three consecutive frames, in units of
    /// L*a*b*. Steady changes of light do not contribute.
    func flicker(_ frame: Int) -> Double? {
        guard isWithinShot(frame), let a = colours[frame - 1], let b = colours[frame],
            let c = colours[frame + 1]
        else { return nil }
        let difference = a - b * 2 + c
        return (difference * difference).sum().squareRoot()
    }

    /// Whether a frame has neighbours of its shot on both sides.
    private func isWithinShot(_ frame: Int) -> Bool {
        frame > 0 && frame + 1 < shots.count && shots[frame - 1] == shots[frame + 1]
    }

    /// Corners of eyes and mouth, bridge, tip and wings of the nose, brows, lips' middle.
    private static let inner = [
        33, 133, 362, 263, 168, 6, 4, 98, 327, 70, 105, 107, 336, 334, 300, 61, 291, 13, 14,
    ]

    private static let cropSize = 96
    private static let detailSizes = 48...1024

    /// The face's unit square, from temple to temple.
    private static func crop(of face: ObservedFace, in picture: Picture, size: Int) -> Picture {
        let transform = face.alignment.toUnit.then(SimilarityTransform(a: Double(size), b: 0, tx: 0, ty: 0))
        return picture.crop(transform, width: size, height: size)
    }

    private static func colour(of crop: Picture) -> SIMD3<Double> {
        let lab = LabPicture(crop)
        func mean(_ values: [Float]) -> Double {
            values.reduce(0.0) { $0 + Double($1) } / Double(max(1, values.count))
        }
        return SIMD3(mean(lab.lightness), mean(lab.a), mean(lab.b))
    }

    /// Mean absolute Laplacian of luma in a square crop.
    private static func sharpness(of crop: Picture) -> Double {
        let size = crop.width
        let luma = crop.luma
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
