import Concurrency
import Faces
import Foundation
import Pictures
import Provenance

/// Colour transfer, masking, blending and labels: turns swapped faces into finished frames, in order.
struct CompositeStage<Frame: SwappableFrame> {
    private struct Prepared {
        let job: SwapJob<Frame>
        var faces: [PreparedFace] = []

        /// The face of the same track.
        func face(like other: PreparedFace) -> PreparedFace? {
            faces.first { $0.work.place.face.track == other.work.place.face.track }
        }
    }

    private struct PreparedFace {
        let work: FaceSwapResult
        let settings: CompositeSettings
        /// Opacity of the swapped face per pixel.
        var mask: Plane
        /// Occlusion mask, 0…1.
        var occlusion: Plane?
        var face: LabPicture?
        var colours: ColourMeasure?
        var texture: TextureMeasure?
        /// The result of `Compositor.gain(of:in:)`, computed if texture matching needs it.
        var gain: Plane?
    }

    let settings: CompositeSettings
    let edits: EditList
    let matte: Matte?
    let layer: ConversionLayer
    let part: Int
    /// Measures the share of this stage's time spent on marks.
    let marking: StageClock
    private var output: MarkedOutput
    private var window: LookAhead<Prepared>

    init(
        settings: ConversionSettings, matte: Matte? = nil, output: MarkedOutput, part: Int,
        marking: StageClock = StageClock()
    ) {
        self.marking = marking
        (self.settings, edits, layer) = (settings.composite, settings.edits, settings.layer)
        self.matte = matte
        (self.output, self.part) = (output, part)
        window = LookAhead(radius: settings.composite.reach)
    }

    mutating func push(_ job: SwapJob<Frame>) throws -> FinishedFrame<Frame>? {
        let prepared = Prepared(job: job, faces: job.works.map { prepare($0, job.frame.time) })
        return try window.push(prepared).map { try finished($0) }
    }

    mutating func drain() throws -> FinishedFrame<Frame>? {
        try window.drain().map { try finished($0) }
    }

    private mutating func finished(_ view: LookAhead<Prepared>.View) throws -> FinishedFrame<Frame> {
        let job = view.element.job
        let (frame, shown) = try composed(view)
        return FinishedFrame(
            part: part, frame: frame, original: job.frame, sighting: job.sighting.showing(shown))
    }

    private func prepare(_ work: FaceSwapResult, _ time: Double) -> PreparedFace {
        let settings = edits.settings(settings, of: work.person, at: time)
        let compositor = Compositor(settings)
        let (place, swapped) = (work.place, work.swapped)
        let hull = FaceMask.plane(
            landmarks: place.face.landmarks, transform: place.transform, size: swapped.mask.width)
        let faceWidth = place.face.alignment.faceWidth * place.transform.scale
        let mask = compositor.faceMask(learned: swapped.mask, hull: hull, person: place.person)
        var prepared = PreparedFace(
            work: work, settings: settings, mask: compositor.blendMask(mask, faceWidth: faceWidth))
        prepared.occlusion = compositor.occlusion(swapped, in: place, hull: hull, faceWidth: faceWidth)
        if settings.colour != .none {
            let seen = prepared.occlusion.map { mask.combined(with: $0) { $0 * (1 - $1) } } ?? mask
            measureColours(of: &prepared, over: seen, hull: hull, faceWidth: faceWidth)
        }
        if settings.mask != .crop {
            let forehead = FaceMask.forehead(
                landmarks: place.face.landmarks, transform: place.transform, size: swapped.mask.width)
            if let hair = ForeheadHair.plane(
                in: prepared.face ?? LabPicture(swapped.face), forehead: forehead, faceWidth: faceWidth)
            {
                prepared.mask = prepared.mask.combined(with: hair) { $0 * (1 - $1) }
            }
        }
        if settings.grain > 0 || settings.detail > 0 || settings.compression > 0 {
            prepared.gain = compositor.gain(of: swapped, in: place)
            let seen = prepared.occlusion.map { prepared.mask.combined(with: $0) { $0 * (1 - $1) } }
            let contrast = (prepared.colours?.contrastGain ?? 1) - 1
            prepared.texture = TextureMeasure(
                place, swapped.face, gain: prepared.gain, mask: seen ?? prepared.mask,
                measuresGrain: settings.grain > 0, measuresCompression: settings.compression > 0
            )?.stretched(by: 1 + Float(settings.colourStrength) * contrast)
        }
        return prepared
    }

    /// - Parameter seen: the visible part of the swapped face, in crop pixels.
    private func measureColours(
        of prepared: inout PreparedFace, over seen: Plane, hull: Plane, faceWidth: Double
    ) {
        let (place, settings) = (prepared.work.place, prepared.settings)
        let face = LabPicture(prepared.work.swapped.face)
        prepared.face = face
        var region: SkinRegion?
        if case .skin = settings.colour {
            region = SkinRegion(hull: hull, landmarks: place.face.landmarks, transform: place.transform)
        }
        prepared.colours = Compositor(settings).measure(
            face: face, target: place.crop, mask: seen, region: region, faceWidth: faceWidth)
    }

    /// Returns the frame with the swapped faces, and the people whose swapped face is visible in it.
    private mutating func composed(
        _ view: LookAhead<Prepared>.View
    ) throws -> (frame: Frame, shown: Set<String>) {
        var frame = try view.element.job.frame.blankCanvas(for: layer)
        var shown: Set<String> = []
        for (number, face) in view.element.faces.enumerated() {
            guard let overlay = try overlay(of: face, in: view) else { continue }
            if overlay.isVisible { shown.insert(face.work.person) }
            frame = try composite(overlay, of: face.work.place, onto: frame, isFirst: number == 0)
        }
        // A mask layer contains no person.
        guard layer != .mask else { return (frame, shown) }
        let faces = view.element.faces.compactMap {
            PixelRegion($0.work.place.face.box.stored($0.work.place.shape))
        }
        return (try marking.measure { try output.mark(frame, faces: faces) }, shown)
    }

    private func composite(
        _ overlay: FaceOverlay, of place: FacePlace, onto frame: Frame, isFirst: Bool
    ) throws -> Frame {
        let region = place.region
        // The saved background is out of date once an earlier face was composited.
        let below =
            isFirst && layer == .result
            ? place.background
            : try frame.picture(x: region.x, y: region.y, width: region.width, height: region.height)
        let picture =
            switch layer {
            case .result: overlay.composited(over: below)
            case .face: overlay.unblended(over: below)
            case .mask: overlay.opacityPicture(over: below)
            }
        let result = try frame.replacing(
            x: region.x, y: region.y, width: region.width, height: region.height, with: picture)
        guard layer == .face else { return result }
        return try result.withAlpha(
            overlay.opacity, x: region.x + overlay.region.x, y: region.y + overlay.region.y)
    }

    private func overlay(
        of item: PreparedFace, in view: LookAhead<Prepared>.View
    ) throws -> FaceOverlay? {
        let place = item.work.place
        var mask = mask(of: item, in: view)
        if let occlusion = occlusion(of: item, in: view) {
            mask = mask.combined(with: occlusion) { $0 * (1 - $1) }
        }
        // From this frame alone, without smoothing: a mouth that has just shut must not keep the opening of the frame
        // before.
        if let kept = KeptPart.plane(
            of: item.settings.kept, landmarks: place.face.landmarks, transform: place.overlayTransform,
            size: mask.width,
            faceWidth: place.face.alignment.faceWidth * place.overlayTransform.scale)
        {
            mask = mask.combined(with: kept) { $0 * (1 - $1) }
        }
        let opacity = Float(item.settings.opacity * fade(of: item, in: view))
        if opacity < 1 { mask.values = mask.values.map { $0 * opacity } }
        let compositor = Compositor(item.settings)
        var face = matched(item, in: view)
        var gain =
            layer == .mask ? nil : item.gain ?? compositor.gain(of: item.work.swapped, in: place)
        if item.settings.motionBlur > 0, let motion = motion(of: item, in: view) {
            let path = motion * item.settings.motionBlur
            let blur = MotionBlur(path, transform: place.overlayTransform)
            (face, mask) = (blur.applied(to: face), blur.applied(to: mask))
            let stored = Point(path.x / place.shape.x, path.y / place.shape.y)
            gain = gain.map { MotionBlur(stored, transform: .identity).applied(to: $0) }
        }
        return compositor.overlay(
            region: place.region, face: face, mask: mask, gain: gain, transform: place.overlayTransform,
            shape: place.shape,
            matte: try matte?.plane(at: view.element.job.frame.time, in: place.region),
            texture: texture(of: item, in: view),
            // Timestamps of a damaged file may exceed the range of `Int`.
            instant: Int(exactly: (view.element.job.frame.time * 90_000).rounded()) ?? 0)
    }

    /// The blend mask, smoothed over neighbouring frames.
    private func mask(of item: PreparedFace, in view: LookAhead<Prepared>.View) -> Plane {
        guard item.settings.maskDeviation > 0 else { return item.mask }
        return mean(
            neighbours(of: item, in: view, deviation: item.settings.maskDeviation).map {
                ($0.face.mask, $0.weight)
            }
        ) ?? item.mask
    }

    /// The occlusion mask, smoothed over neighbouring frames to prevent flicker.
    private func occlusion(of item: PreparedFace, in view: LookAhead<Prepared>.View) -> Plane? {
        let near = neighbours(of: item, in: view, deviation: 1)
        return mean(near.map { ($0.face.occlusion, $0.weight) })
    }

    /// Weighted mean in which a missing plane counts as zero; `nil` if all are missing.
    private func mean(_ weighted: [(plane: Plane?, weight: Float)]) -> Plane? {
        let total = weighted.reduce(0) { $0 + $1.weight }
        var result: Plane?
        for (plane, weight) in weighted {
            guard let plane else { continue }
            var sum = result ?? Plane(width: plane.width, height: plane.height)
            let share = weight / total
            sum.values.withUnsafeMutableBufferPointer { sums in
                plane.values.withUnsafeBufferPointer { values in
                    for index in sums.indices { sums[index] += values[index] * share }
                }
            }
            result = sum
        }
        return result
    }

    /// The same face in the neighbouring frames of the shot, with Gaussian weights.
    ///
    /// - Parameter light: whether frames of other lighting are excluded.
    private func neighbours(
        of item: PreparedFace, in view: LookAhead<Prepared>.View, deviation: Double, light: Bool = false
    ) -> [(face: PreparedFace, weight: Float)] {
        let scene = view.element.job.scene
        return view.elements.compactMap { other in
            guard light ? other.job.scene == scene : other.job.scene.shot == scene.shot,
                let face = other.face(like: item)
            else { return nil }
            let distance = Double(other.job.number - view.element.job.number)
            let weight = distance == 0 ? 1 : exp(-0.5 * distance * distance / (deviation * deviation))
            return (face, Float(weight))
        }
    }

    /// The face after colour transfer, with measurements averaged over neighbouring frames.
    private func matched(_ item: PreparedFace, in view: LookAhead<Prepared>.View) -> Picture {
        guard let face = item.face, item.colours != nil else { return item.work.swapped.face }
        let near = neighbours(of: item, in: view, deviation: settings.colourDeviation, light: true)
            .compactMap { near in near.face.colours.map { ($0, near.weight) } }
        return ColourMeasure.apply(
            near, own: item.colours, of: item.settings.colour, strength: Float(item.settings.colourStrength),
            to: face)
    }

    private func texture(of item: PreparedFace, in view: LookAhead<Prepared>.View) -> TextureMeasure? {
        TextureMeasure.average(
            neighbours(of: item, in: view, deviation: settings.colourDeviation, light: true)
                .compactMap { near in near.face.texture.map { ($0, near.weight) } })
    }

    /// Opacity of the fade, 0…1, from the distance to the start or end of the track. The limits of the video or of the shot
    /// do not fade.
    private func fade(of item: PreparedFace, in view: LookAhead<Prepared>.View) -> Double {
        let length = item.settings.fade
        guard length > 0 else { return 1 }
        func distance(_ step: Int) -> Int? {
            for distance in 1...length {
                let index = view.index + step * distance
                guard view.elements.indices.contains(index),
                    view.elements[index].job.scene.shot == view.element.job.scene.shot
                else { return nil }
                if view.elements[index].face(like: item) == nil { return distance }
            }
            return nil
        }
        let nearest = [distance(-1), distance(1)].compactMap { $0 }.min() ?? length + 1
        return Double(nearest) / Double(length + 1)
    }

    /// Motion of the face per frame, in frame pixels; `nil` if the face is in no neighbouring frame.
    private func motion(of item: PreparedFace, in view: LookAhead<Prepared>.View) -> Point? {
        func middle(_ index: Int) -> Point? {
            guard view.elements.indices.contains(index),
                view.elements[index].job.scene.shot == view.element.job.scene.shot
            else { return nil }
            return view.elements[index].face(like: item)?.work.place.middle
        }
        let here = item.work.place.middle
        switch (middle(view.index - 1), middle(view.index + 1)) {
        case (let before?, let after?): return (after - before) * 0.5
        case (let before?, nil): return here - before
        case (nil, let after?): return after - here
        case (nil, nil): return nil
        }
    }
}

extension FacePlace {
    /// Centre of the face, in frame pixels.
    fileprivate var middle: Point { face.alignment.toUnit.inverse(Point(0.5, 0.5)) }
}
