import Faces
import Foundation
import Pictures

extension FaceQuality {
    /// Face width in pixels for measuring detail, independent of the crop size, so that values of different sets are
    /// comparable and faces that are small in the video count as unsharp.
    private static let faceWidth = 128.0
    /// Size in pixels of the picture for colour measurements.
    private static let side = 128

    /// Measures a crop.
    ///
    /// - Parameters:
    ///   - crop: the square picture of the face.
    ///   - landmarks: in pixels of the video.
    ///   - transform: video pixels → pixels of the crop.
    package init(crop: Picture, landmarks: FaceLandmarks, transform: SimilarityTransform) {
        let face = MeasuredCrop(crop: crop, landmarks: landmarks, transform: transform)
        let detail = FaceDetail(face, faceWidth: Self.faceWidth)
        let colours = face.resized(to: Self.side)
        let hull = colours.hull
        let light = FaceLight(colours.picture.luma, inside: hull)
        self.init(
            sharpness: detail.sharpness, motionBlur: detail.motionBlur, exposure: light.mean,
            clipped: light.clipped, occlusion: FaceOcclusion.share(of: colours, hull: hull),
            hash: DifferenceHash.bytes(of: colours.picture.luma))
    }
}

/// A crop with the landmarks of its face.
struct MeasuredCrop {
    /// The square picture.
    let picture: Picture
    /// In pixels of the video.
    let landmarks: FaceLandmarks
    /// Video pixels → pixels of the picture.
    let transform: SimilarityTransform

    init(crop: Picture, landmarks: FaceLandmarks, transform: SimilarityTransform) {
        (picture, self.landmarks, self.transform) = (crop, landmarks, transform)
    }

    var hull: Plane { FaceMask.plane(landmarks: landmarks, transform: transform, size: picture.width) }

    var eyesAndMouth: Plane {
        FaceMask.eyesAndMouth(landmarks: landmarks, transform: transform, size: picture.width)
    }

    /// Face width in pixels of the picture.
    var faceWidth: Double {
        (FaceAlignment(landmarks: landmarks)?.faceWidth ?? 0) * transform.scale
    }

    func resized(to side: Int) -> MeasuredCrop {
        let scale = Double(side) / Double(max(1, picture.width))
        return MeasuredCrop(
            crop: picture.resized(width: side, height: side), landmarks: landmarks,
            transform: transform.then(SimilarityTransform(a: scale, b: 0, tx: 0, ty: 0)))
    }
}

/// Exposure of a face.
struct FaceLight {
    /// Mean luma, 0 (black) … 1 (white).
    let mean: Double
    /// Share of pixels below 5 or above 250 of 255.
    let clipped: Double

    init(_ luma: Plane, inside mask: Plane) {
        let values = luma.values.indices.filter { mask.values[$0] > 0.5 }.map { luma.values[$0] }
        let count = Double(max(1, values.count))
        mean = values.reduce(0) { $0 + Double($1) } / count / 255
        clipped = Double(values.count { $0 < 5 || $0 > 250 }) / count
    }
}

/// 256 bits that differ in few places between pictures that look alike (Krawetz 2013, "Kind of like that").
enum DifferenceHash {
    /// Difference hash: whether each of 16 × 16 cells over the centre of the crop is brighter than its right neighbour, by at
    /// least two grey levels to avoid random bits in plain areas.
    static func bytes(of luma: Plane) -> [UInt8] {
        let edge = luma.width * 3 / 20
        let middle = luma.cropped(
            x: edge, y: edge, width: luma.width - 2 * edge, height: luma.height - 2 * edge)
        let fields = middle.resized(width: 17, height: 16).values
        var hash = [UInt8](repeating: 0, count: FaceQuality.hashLength)
        for bit in 0..<256 {
            let left = bit / 16 * 17 + bit % 16
            if fields[left] > fields[left + 1] + 2 { hash[bit / 8] |= 1 << UInt8(bit % 8) }
        }
        return hash
    }
}
