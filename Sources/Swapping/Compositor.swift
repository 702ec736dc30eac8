import Faces
import Foundation
import Pictures

/// Lays a swapped face into its frame. Works on the region around the face only.
package struct Compositor: Sendable {
    package var settings: CompositeSettings

    package init(_ settings: CompositeSettings = CompositeSettings()) {
        self.settings = settings
    }

    /// The part of a frame that a square crop covers, cut to the frame; nil where it lies wholly outside. Corners on even
    /// pixels, so that regions begin where chroma samples do.
    ///
    /// - Parameter transform: frame pixels → crop pixels.
    package static func region(
        of transform: SimilarityTransform, size: Int, frameWidth: Int, frameHeight: Int
    ) -> PixelRegion? {
        let (back, side) = (transform.inverse, Double(size))
        let corners = [Point(0, 0), Point(side, 0), Point(0, side), Point(side, side)].map { back($0) }
        guard let box = Box(around: corners), [box.x, box.y, box.width, box.height].allSatisfy(\.isFinite)
        else { return nil }
        func clamp(_ value: Double, _ limit: Int) -> Int { Int(min(max(value, 0), Double(limit))) }
        let (left, top) = (clamp(box.x, frameWidth) / 2 * 2, clamp(box.y, frameHeight) / 2 * 2)
        let right = min(frameWidth, (clamp(box.x + box.width + 1, frameWidth) + 1) / 2 * 2)
        let bottom = min(frameHeight, (clamp(box.y + box.height + 1, frameHeight) + 1) / 2 * 2)
        guard right > left, bottom > top else { return nil }
        return PixelRegion(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// The mask that says how much of the swapped face shows, in crop pixels: chosen, shrunk, feathered, and zero at the
    /// crop's border.
    ///
    /// - Parameter faceWidth: width of the face in crop pixels.
    package func blendMask(learned: Plane, hull: Plane, faceWidth: Double) -> Plane {
        let chosen =
            switch settings.mask {
            case .learned: learned
            case .hull: hull
            case .product: learned.product(hull)
            case .union: learned.union(hull)
            }
        let feather = max(0, settings.feather) * faceWidth
        let shrunk = framed(chosen).eroded(radius: max(0, settings.erosion) * faceWidth + feather / 2)
        // ±2 σ of the blur are the feather's width.
        return shrunk.blurred(sigma: feather / 4)
    }

    /// Colour statistics of the swapped face and of the target's, both inside the mask.
    package func statistics(
        face: LabPicture, target: LabPicture, mask: Plane
    ) -> (face: ColourStatistics, target: ColourStatistics)? {
        guard let own = ColourStatistics(face, mask: mask), let other = ColourStatistics(target, mask: mask)
        else { return nil }
        return (own, other)
    }

    /// The region with the face laid in.
    ///
    /// - Parameters:
    ///   - background: the frame's pixels in `region`.
    ///   - face: the swapped face, colours already matched, in crop pixels.
    ///   - mask: from `blendMask`, in crop pixels.
    ///   - transform: frame pixels → crop pixels.
    package func composite(
        background: Picture, region: PixelRegion, face: Picture, mask: Plane, transform: SimilarityTransform
    ) -> Picture {
        let map = AffineMap(transform).after(x: Double(region.x), y: Double(region.y))
        let shown = sharpened(face).sampled(
            width: region.width, height: region.height, transform: map, filter: .bicubic)
        let amount = mask.sampled(width: region.width, height: region.height, transform: map, outside: 0)
        return background.blended(with: shown, amount: amount)
    }

    private func sharpened(_ face: Picture) -> Picture {
        settings.sharpening > 0 ? face.sharpened(sigma: 1, amount: Float(settings.sharpening)) : face
    }

    /// The plane with its outermost pixels set to zero.
    private func framed(_ plane: Plane) -> Plane {
        var result = plane
        let (width, height) = (plane.width, plane.height)
        for index in result.values.indices {
            let (x, y) = (index % width, index / width)
            if x == 0 || y == 0 || x == width - 1 || y == height - 1 { result.values[index] = 0 }
        }
        return result
    }
}

extension AffineMap {
    /// The similarity as the map that pictures are sampled by.
    package init(_ similarity: SimilarityTransform) {
        self.init(
            a: similarity.a, b: -similarity.b, c: similarity.b, d: similarity.a, tx: similarity.tx,
            ty: similarity.ty)
    }

    /// The same map for pixels counted from (x, y).
    func after(x: Double, y: Double) -> AffineMap { AffineMap.translation(x, y).then(self) }
}

extension Compositor {
    /// The whole of colour, mask and blend in crop pixels, as for a training preview.
    ///
    /// - Parameters:
    ///   - target: the target's crop.
    ///   - hull: the target's face hull in the same pixels.
    ///   - faceWidth: width of the face in crop pixels.
    package func composited(
        target: Picture, swapped: SwappedFace, hull: Plane, faceWidth: Double
    ) -> Picture {
        let mask = blendMask(learned: swapped.mask, hull: hull, faceWidth: faceWidth)
        var face = swapped.face
        let lab = LabPicture(face)
        if settings.colour != .none,
            let colours = statistics(face: lab, target: LabPicture(target), mask: mask)
        {
            face = settings.colour.matched(lab, from: colours.face, to: colours.target).picture
        }
        return target.blended(with: sharpened(face), amount: mask)
    }
}
