import Faces
import Foundation
import Pictures

extension FaceQuality {
    /// Sides of the picture on which all is measured, in pixels: the same for every crop size, so that figures of
    /// different sets can be compared.
    private static let side = 128

    /// Measures a crop.
    ///
    /// - Parameters:
    ///   - crop: the picture around the face, square.
    ///   - transform: video pixels → pixels of the crop.
    package init(crop: Picture, landmarks: FaceLandmarks, transform: SimilarityTransform) {
        let side = Self.side
        let small = crop.resized(width: side, height: side)
        let shrink = Double(side) / Double(max(1, crop.width))
        let transform = transform.then(SimilarityTransform(a: shrink, b: 0, tx: 0, ty: 0))
        let hull = FaceMask.plane(landmarks: landmarks, transform: transform, size: side)
        let features = FaceMask.eyesAndMouth(landmarks: landmarks, transform: transform, size: side)
        let luma = small.luma
        let detail = Detail(luma, inside: hull)
        let light = Light(luma, inside: hull)
        self.init(
            sharpness: detail.laplacianVariance, motionBlur: detail.anisotropy, exposure: light.mean,
            clipped: light.clipped, occlusion: Self.occlusion(small, hull: hull, features: features),
            hash: Self.differenceHash(luma))
    }

    /// Share of the hull, eyes and mouth left out, whose colour is far from that of most of it: a microphone, hair, a
    /// sleeve. What has the skin's own colour, such as a hand, is not seen by it.
    private static func occlusion(_ picture: Picture, hull: Plane, features: Plane) -> Double {
        let lab = LabPicture(picture)
        let skin = hull.values.indices.filter { hull.values[$0] > 0.5 && features.values[$0] < 0.5 }
        guard skin.count >= 64 else { return 0 }
        let (a, b) = (skin.map { lab.a[$0] }, skin.map { lab.b[$0] })
        let (middleA, middleB) = (median(a), median(b))
        // Skin of one face spreads by 2 to 5 units around its median; half the pixels lie within `usual`.
        let distances = zip(a, b).map { hypot($0 - middleA, $1 - middleB) }
        let usual = max(3, median(distances))
        return Double(distances.count { $0 > 4 * usual }) / Double(distances.count)
    }

    private static func median(_ values: [Float]) -> Float { values.sorted()[values.count / 2] }

    /// Whether each of 16 × 16 fields is brighter than its right neighbour (Krawetz 2013, "Kind of like that").
    private static func differenceHash(_ luma: Plane) -> [UInt8] {
        let fields = luma.resized(width: 17, height: 16).values
        var hash = [UInt8](repeating: 0, count: hashLength)
        for bit in 0..<256 where fields[bit / 16 * 17 + bit % 16] > fields[bit / 16 * 17 + bit % 16 + 1] {
            hash[bit / 8] |= 1 << UInt8(bit % 8)
        }
        return hash
    }
}

/// How much fine detail a face shows, and whether it runs in one direction.
private struct Detail {
    /// Variance of the Laplacian (Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy").
    let laplacianVariance: Double
    /// Coherence of the structure tensor over the whole face (Bigün 1987), 0…1: detail that lies mostly across one
    /// direction is what a movement in the other leaves.
    let anisotropy: Double

    init(_ luma: Plane, inside mask: Plane) {
        let (width, values) = (luma.width, luma.values)
        var (count, sum, squares) = (0.0, 0.0, 0.0)
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for row in 1..<max(1, luma.height - 1) {
            for column in 1..<max(1, width - 1) where mask.values[row * width + column] > 0.5 {
                let at = row * width + column
                let (left, right) = (values[at - 1], values[at + 1])
                let (above, below) = (values[at - width], values[at + width])
                let laplacian = Double(4 * values[at] - left - right - above - below)
                let (dx, dy) = (Double(right - left), Double(below - above))
                count += 1
                sum += laplacian
                squares += laplacian * laplacian
                xx += dx * dx
                yy += dy * dy
                xy += dx * dy
            }
        }
        laplacianVariance = count > 0 ? squares / count - (sum / count) * (sum / count) : 0
        anisotropy = xx + yy > 0 ? ((xx - yy) * (xx - yy) + 4 * xy * xy).squareRoot() / (xx + yy) : 0
    }
}

/// How a face is lit.
private struct Light {
    /// 0 black … 1 white.
    let mean: Double
    let clipped: Double

    init(_ luma: Plane, inside mask: Plane) {
        let values = luma.values.indices.filter { mask.values[$0] > 0.5 }.map { luma.values[$0] }
        let count = Double(max(1, values.count))
        mean = values.reduce(0) { $0 + Double($1) } / count / 255
        clipped = Double(values.count { $0 < 5 || $0 > 250 }) / count
    }
}
