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

    /// What belongs to the face, 0…1, by the chosen masks.
    package func faceMask(learned: Plane, hull: Plane) -> Plane {
        switch settings.mask {
        case .learned: learned
        case .hull: hull
        case .product: learned.product(hull)
        case .union: learned.union(hull)
        }
    }

    /// The mask that says how much of the swapped face shows, in crop pixels: decided, shrunk, feathered, and zero at the
    /// crop's border.
    ///
    /// - Parameters:
    ///   - mask: from `faceMask`.
    ///   - faceWidth: width of the face in crop pixels.
    package func blendMask(_ mask: Plane, faceWidth: Double) -> Plane {
        let feather = max(0, settings.feather) * faceWidth
        var decided = framed(mask)
        // A learned mask is unsure over several pixels; what it leans to counts.
        for index in decided.values.indices {
            decided.values[index] = min(1, max(0, (decided.values[index] - 0.35) / 0.3))
        }
        let shrunk = decided.eroded(radius: max(0, settings.erosion) * faceWidth + feather / 2)
        // ±2 σ of the blur are the feather's width.
        return shrunk.blurred(sigma: feather / 4)
    }

    /// What stands before the face, 0…1 in crop pixels; nil for nothing.
    ///
    /// - Parameters:
    ///   - hull: the hull of the target's landmarks in the same pixels.
    ///   - faceWidth: width of the face in crop pixels.
    func occlusion(_ swapped: SwappedFace, crop: Picture, hull: Plane, faceWidth: Double) -> Plane? {
        guard settings.keepsOcclusion, let own = swapped.own else { return nil }
        return Occlusion().plane(crop: crop, own: own, mask: hull, faceWidth: faceWidth)
    }

    /// What the colour transfer needs to know of this frame; nil for nothing.
    ///
    /// - Parameter mask: from `faceMask`.
    func measure(face: LabPicture, target: Picture, mask: Plane, faceWidth: Double) -> ColourMeasure? {
        // Only what is surely face.
        var sure = mask
        for index in sure.values.indices { sure.values[index] = min(1, max(0, 2 * sure.values[index] - 1)) }
        return ColourMeasure(settings.colour, face: face, target: target, mask: sure, faceWidth: faceWidth)
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
        let amount = mask.sampled(width: region.width, height: region.height, transform: map, outside: 0)
        // Only where something of the face shows is it worth sampling.
        guard let shown = amount.extent() else { return background }
        let part = sharpened(face).sampled(
            width: shown.width, height: shown.height,
            transform: map.after(x: Double(shown.x), y: Double(shown.y)),
            filter: .bicubic)
        var result = background
        result.paste(
            background.cropped(x: shown.x, y: shown.y, width: shown.width, height: shown.height).blended(
                with: part,
                amount: amount.cropped(x: shown.x, y: shown.y, width: shown.width, height: shown.height)),
            x: shown.x, y: shown.y)
        return result
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
        let mask = faceMask(learned: swapped.mask, hull: hull)
        let lab = LabPicture(swapped.face)
        let measure = measure(face: lab, target: target, mask: mask, faceWidth: faceWidth)
        let face =
            measure.map {
                ColourMeasure.apply(
                    [($0, 1)], of: settings.colour, strength: Float(settings.colourStrength), to: lab)
            } ?? swapped.face
        return target.blended(with: sharpened(face), amount: blendMask(mask, faceWidth: faceWidth))
    }
}
