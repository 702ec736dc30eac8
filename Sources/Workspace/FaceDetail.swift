import Faces
import Foundation
import Pictures

/// Sharpness and motion blur of a face.
struct FaceDetail {
    /// Variance of the Laplacian of the luma (Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy"),
    /// after a blur of σ = 0.7 against noise, normalized to medium grey so that it does not depend on the exposure.
    let sharpness: Double
    /// Motion blur, 0 (none) … 1. Motion removes fine detail along its direction only. The energy of fine gradients (band
    /// between blurs of σ = 0.7 and 1.5) is therefore divided, per direction, by that of coarse ones (2 to 8), which cancels
    /// the anisotropy of faces, such as the vertical gradients of brows, lids and lips. The value is one minus the ratio of
    /// the smallest to the largest quotient over all directions, which are the eigenvalues of C⁻¹F, with the structure
    /// tensors F and C (Bigün and Granlund 1987) of fine and coarse gradients. Defocus affects all directions equally.
    let motionBlur: Double

    /// Mean luma for normalization, and the maximum gain.
    private static let (grey, gain) = (118.0, 0.25...4.0)

    /// - Parameter faceWidth: face width in pixels for the sharpness. For the motion blur, the face is not enlarged beyond its
    ///   size in the video, which contains no finer detail.
    init(_ face: MeasuredCrop, faceWidth: Double) {
        let sharp = FaceLuma(face, faceWidth: faceWidth)
        let own = FaceAlignment(landmarks: face.landmarks)?.faceWidth ?? faceWidth
        let moved = own < faceWidth ? FaceLuma(face, faceWidth: max(40, own)) : sharp
        guard let sharp, let moved else {
            (sharpness, motionBlur) = (0, 0)
            return
        }
        sharpness =
            Self.laplacianVariance(sharp.luma.blurred(sigma: 0.7), inside: sharp.mask)
            * Self.brightening(sharp.luma, inside: sharp.mask)
        motionBlur = Self.anisotropy(
            of: StructureTensor(moved.band(0.7, 1.5), inside: moved.mask),
            over: StructureTensor(moved.band(2, 8), inside: moved.mask))
    }

    private static func laplacianVariance(_ luma: Plane, inside mask: Plane) -> Double {
        let (width, values) = (luma.width, luma.values)
        var (count, sum, squares) = (0.0, 0.0, 0.0)
        for row in 1..<luma.height - 1 {
            for at in row * width + 1..<(row + 1) * width - 1 where mask.values[at] > 0.5 {
                let laplacian = Double(
                    4 * values[at] - values[at - 1] - values[at + 1] - values[at - width] - values[at + width]
                )
                count += 1
                sum += laplacian
                squares += laplacian * laplacian
            }
        }
        return count > 0 ? squares / count - (sum / count) * (sum / count) : 0
    }

    /// Gain on variances that normalizes the face to medium grey.
    private static func brightening(_ luma: Plane, inside mask: Plane) -> Double {
        let weight = mask.values.reduce(0.0) { $0 + Double($1) }
        let mean = luma.product(mask).values.reduce(0.0) { $0 + Double($1) } / max(1, weight)
        let factor = min(gain.upperBound, max(gain.lowerBound, grey / max(1, mean)))
        return factor * factor
    }

    private static func anisotropy(of fine: StructureTensor, over coarse: StructureTensor) -> Double {
        let determinant = coarse.xx * coarse.yy - coarse.xy * coarse.xy
        // Mean gradient below a thousandth of a grey level: no detail.
        guard determinant > 1e-9 else { return 0 }
        // Trace and determinant of C⁻¹F.
        let trace = (coarse.yy * fine.xx - 2 * coarse.xy * fine.xy + coarse.xx * fine.yy) / determinant
        let product = (fine.xx * fine.yy - fine.xy * fine.xy) / determinant
        let spread = max(0, trace * trace / 4 - product).squareRoot()
        let (low, high) = (trace / 2 - spread, trace / 2 + spread)
        return high > 0 ? min(1, max(0, 1 - low / high)) : 0
    }
}

/// The face region of a crop, resized to a face width.
private struct FaceLuma {
    let luma: Plane
    /// Mask of the face's hull, 0…1.
    let mask: Plane

    /// `nil` if the region is too small.
    init?(_ face: MeasuredCrop, faceWidth: Double) {
        let now = face.faceWidth
        let wanted = now > 1 ? Double(face.picture.width) * faceWidth / now : 2 * faceWidth
        let side = Int(min(512, max(32, wanted)).rounded())
        let scale = Double(side) / Double(max(1, face.picture.width))
        let hull = FaceMask.plane(
            landmarks: face.landmarks,
            transform: face.transform.then(SimilarityTransform(a: scale, b: 0, tx: 0, ty: 0)), size: side)
        guard let extent = hull.extent(above: 0.5), extent.width > 8, extent.height > 8 else { return nil }
        func inner(_ plane: Plane) -> Plane {
            plane.cropped(x: extent.x, y: extent.y, width: extent.width, height: extent.height)
        }
        luma = inner(face.picture.luma.resized(width: side, height: side))
        mask = inner(hull)
    }

    /// Difference of two Gaussian blurs with the given σ, in pixels.
    func band(_ fine: Double, _ coarse: Double) -> Plane {
        luma.blurred(sigma: fine).combined(with: luma.blurred(sigma: coarse), -)
    }
}

/// Structure tensor: mean products of the gradients of a plane inside a mask.
struct StructureTensor {
    private(set) var xx = 0.0
    private(set) var xy = 0.0
    private(set) var yy = 0.0

    init(_ plane: Plane, inside mask: Plane) {
        let (width, values) = (plane.width, plane.values)
        var count = 0.0
        for row in 1..<plane.height - 1 {
            for at in row * width + 1..<(row + 1) * width - 1 where mask.values[at] > 0.5 {
                let dx = Double(values[at + 1] - values[at - 1]) / 2
                let dy = Double(values[at + width] - values[at - width]) / 2
                count += 1
                xx += dx * dx
                xy += dx * dy
                yy += dy * dy
            }
        }
        guard count > 0 else { return }
        (xx, xy, yy) = (xx / count, xy / count, yy / count)
    }
}
