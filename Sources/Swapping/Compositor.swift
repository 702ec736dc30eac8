import Faces
import Foundation
import Pictures

/// Overlays a swapped face on its frame. Works on the region around the face only.
package struct Compositor: Sendable {
    package var settings: CompositeSettings

    package init(_ settings: CompositeSettings = CompositeSettings()) {
        self.settings = settings
    }

    /// The part of a frame that a square crop covers, clipped to the frame; `nil` if there is none. Corners are on even
    /// pixels, so that regions match chroma samples.
    ///
    /// - Parameters:
    ///   - transform: square pixels of the frame → crop pixels.
    ///   - frameWidth, frameHeight: in stored pixels, as the result is.
    package static func region(
        of transform: SimilarityTransform, size: Int, frameWidth: Int, frameHeight: Int,
        shape: PixelShape = .square
    ) -> PixelRegion? {
        let (back, side) = (transform.inverse, Double(size))
        let corners = [Point(0, 0), Point(side, 0), Point(0, side), Point(side, side)].map { back($0) }
        guard let box = Box(around: corners)?.stored(shape),
            [box.x, box.y, box.width, box.height].allSatisfy(\.isFinite)
        else { return nil }
        func clamp(_ value: Double, _ limit: Int) -> Int { Int(min(max(value, 0), Double(limit))) }
        let (left, top) = (clamp(box.x, frameWidth) / 2 * 2, clamp(box.y, frameHeight) / 2 * 2)
        let right = min(frameWidth, (clamp(box.x + box.width + 1, frameWidth) + 1) / 2 * 2)
        let bottom = min(frameHeight, (clamp(box.y + box.height + 1, frameHeight) + 1) / 2 * 2)
        guard right > left, bottom > top else { return nil }
        return PixelRegion(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// The mask of the face, 0…1, as selected by the settings.
    ///
    /// - Parameter person: segmentation of persons; `nil` without a segmenter.
    package func faceMask(learned: Plane, hull: Plane, person: Plane? = nil) -> Plane {
        switch settings.mask {
        case .learned: learned
        case .hull: hull
        case .product: learned.product(hull)
        case .union: learned.union(hull)
        case .crop: Plane(width: hull.width, height: hull.height, repeating: 1)
        case .segmentation:
            person.map { learned.product(hull).product($0) } ?? learned.product(hull)
        }
    }

    /// Returns the blend mask in crop pixels: thresholded, eroded, feathered, and zero at the border of the crop.
    ///
    /// - Parameters:
    ///   - mask: from `faceMask`.
    ///   - faceWidth: width of the face in crop pixels.
    package func blendMask(_ mask: Plane, faceWidth: Double) -> Plane {
        var decided = framed(mask)
        // A learned mask is uncertain over several pixels; the threshold sharpens it.
        for index in decided.values.indices {
            decided.values[index] = min(1, max(0, (decided.values[index] - 0.35) / 0.3))
        }
        func feathered(_ width: Double) -> Plane {
            let feather = max(0, width) * faceWidth
            let radius = settings.erosion * faceWidth + feather / 2
            let shrunk = radius >= 0 ? decided.eroded(radius: radius) : decided.dilated(radius: -radius)
            // The feather covers ±2 σ of the blur.
            return framed(shrunk.blurred(sigma: feather / 4))
        }
        let sides = settings.featherSides
        let plain = feathered(settings.feather)
        guard sides != CompositeSettings.FeatherSides() else { return plain }
        return plain.mixed(
            top: sides.forehead.map(feathered) ?? plain, sides: sides.cheeks.map(feathered) ?? plain,
            bottom: sides.chin.map(feathered) ?? plain, around: mask)
    }

    /// The occlusion mask, 0…1 in crop pixels; `nil` if there is no occluder.
    ///
    /// - Parameters:
    ///   - hull: the hull of the target's landmarks in the same pixels.
    ///   - faceWidth: width of the face in crop pixels.
    func occlusion(
        _ swapped: SwappedFace, in place: FacePlace, hull: Plane, faceWidth: Double
    ) -> Plane? {
        guard settings.keepsOcclusion, let own = swapped.own else { return nil }
        let features = FaceMask.features(
            landmarks: place.face.landmarks, transform: place.transform, size: hull.width)
        return Occlusion().plane(
            crop: place.crop, own: own, mask: hull, features: features, yaw: Double(place.face.pose.yaw),
            faceWidth: faceWidth)
    }

    /// The detail gain of the face's luma in the pixels of the place's region, as natural logarithms; `nil` for none.
    func gain(of swapped: SwappedFace, in place: FacePlace) -> Plane? {
        guard settings.sourceDetail > 0,
            let gain = swapped.detail?.gain(
                of: swapped.face.luma, width: place.region.width, height: place.region.height,
                map: AffineMap(place.overlayTransform, of: place.region, place.shape))
        else { return nil }
        let share = Float(settings.sourceDetail)
        return Plane(width: gain.width, height: gain.height, values: gain.values.map { $0 * share })
    }

    /// Measures one frame for the colour transfer; `nil` for none.
    ///
    /// - Parameters:
    ///   - mask: from `faceMask`.
    ///   - region: skin region from the landmarks.
    func measure(
        face: LabPicture, target: Picture, mask: Plane, region: SkinRegion? = nil, faceWidth: Double
    ) -> ColourMeasure? {
        // Only pixels that certainly belong to the face.
        var sure = mask
        for index in sure.values.indices { sure.values[index] = min(1, max(0, 2 * sure.values[index] - 1)) }
        return ColourMeasure(
            settings.colour, face: face, target: target, mask: sure, region: region, faceWidth: faceWidth)
    }

    /// Returns the region with the face composited. Parameters as of `overlay`.
    ///
    /// - Parameter background: the frame's pixels in `region`.
    package func composite(
        background: Picture, region: PixelRegion, face: Picture, mask: Plane, transform: SimilarityTransform,
        shape: PixelShape = .square
    ) -> Picture {
        overlay(region: region, face: face, mask: mask, transform: transform, shape: shape)?.composited(
            over: background)
            ?? background
    }

    /// Builds the overlay of a face for a region; `nil` if no part of it is visible.
    ///
    /// - Parameters:
    ///   - face: the swapped face after colour transfer, in crop pixels.
    ///   - mask: from `blendMask`, in crop pixels.
    ///   - transform: square pixels of the frame → crop pixels.
    ///   - shape: shape of the frame's stored pixels, in which `region` is given.
    ///   - gain: from `gain(of:in:)`.
    ///   - matte: greatest opacity per pixel of `region`; `nil` for no limit.
    ///   - texture: measurement for grain and detail matching; `nil` for none.
    ///   - instant: seed of the grain, which differs per frame.
    func overlay(
        region: PixelRegion, face: Picture, mask: Plane, gain: Plane? = nil, transform: SimilarityTransform,
        shape: PixelShape = .square, matte: Plane? = nil, texture: TextureMeasure? = nil, instant: Int = 0
    ) -> FaceOverlay? {
        let map = AffineMap(transform, of: region, shape)
        var amount = mask.sampled(width: region.width, height: region.height, transform: map, outside: 0)
        if let matte { amount = amount.product(matte) }
        // Sampling is needed only where the mask is not zero.
        guard let shown = amount.extent() else { return nil }
        var part = sharpened(face).sampled(
            width: shown.width, height: shown.height,
            transform: map.after(x: Double(shown.x), y: Double(shown.y)),
            filter: .bicubic)
        if let gain {
            part = part.multiplied(
                byExponentialOf: gain.cropped(
                    x: shown.x, y: shown.y, width: shown.width, height: shown.height))
        }
        if let texture {
            let sigma = TextureMeasure.sigma(ofScale: transform.scale)
            part = textured(
                part, texture, sigma: sigma, x: region.x + shown.x, y: region.y + shown.y, instant: instant)
        }
        return FaceOverlay(
            picture: part,
            opacity: amount.cropped(x: shown.x, y: shown.y, width: shown.width, height: shown.height),
            region: shown)
    }

    /// Matches detail, compression and grain, in the order of camera and encoder; grain comes last because compression
    /// would remove it.
    ///
    /// - Parameters:
    ///   - part: in frame pixels, with its corner at (x, y).
    ///   - sigma: width of the detail.
    private func textured(
        _ part: Picture, _ texture: TextureMeasure, sigma: Double, x: Int, y: Int, instant: Int
    ) -> Picture {
        var part = part
        let change = (texture.detailGain - 1) * Float(settings.detail)
        if abs(change) > 0.02 { part = part.sharpened(sigma: 1.5 * sigma, amount: change) }
        if settings.compression > 0, let blocks = texture.blocks {
            part = blocks.applied(to: part, share: Float(settings.compression), x: x, y: y)
        }
        let grain = texture.missingGrain * Float(settings.grain)
        return grain > 0 ? part.grained(deviation: grain, frame: instant, x: x, y: y) : part
    }

    private func sharpened(_ face: Picture) -> Picture {
        settings.sharpening > 0 ? face.sharpened(sigma: 1, amount: Float(settings.sharpening)) : face
    }

    /// The plane with its border pixels set to zero.
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
    /// Maps the stored pixels of a frame's region through the frame's square pixels.
    init(_ transform: SimilarityTransform, of region: PixelRegion, _ shape: PixelShape) {
        let map = shape.isSquare ? AffineMap(transform) : shape.toSquare.then(AffineMap(transform))
        self = map.after(x: Double(region.x), y: Double(region.y))
    }

    /// The same map for pixels counted from (x, y).
    func after(x: Double, y: Double) -> AffineMap { AffineMap.translation(x, y).then(self) }
}

extension Plane {
    /// Mixes three planes by the direction from the centre of the bright area of `mask`.
    fileprivate func mixed(top: Plane, sides: Plane, bottom: Plane, around mask: Plane) -> Plane {
        guard let extent = mask.extent(above: 0.5) else { return self }
        let (x, y) = (Float(extent.x) + Float(extent.width) / 2, Float(extent.y) + Float(extent.height) / 2)
        var result = self
        for index in result.values.indices {
            let across = (Float(index % width) + 0.5 - x) / max(1, Float(extent.width))
            let down = (Float(index / width) + 0.5 - y) / max(1, Float(extent.height))
            let length = max(across * across + down * down, 1e-6)
            let upright = down * down / length
            let end = down < 0 ? top : bottom
            result.values[index] = end.values[index] * upright + sides.values[index] * (1 - upright)
        }
        return result
    }
}
