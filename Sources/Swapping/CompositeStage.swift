import Faces
import Foundation
import Pictures
import Provenance

/// Colour, mask, blend and label: from swapped faces to finished frames, in order.
struct CompositeStage<Frame: SwappableFrame> {
    private struct Prepared {
        let job: SwapJob<Frame>
        /// How much of the new face shows; nil where there is none.
        var mask: Plane?
        /// What stands before the face, 0…1.
        var occlusion: Plane?
        var face: LabPicture?
        var colours: ColourMeasure?
    }

    let compositor: Compositor
    let edits: EditList
    let part: Int
    /// Counts what of this stage's time the marks take.
    let marking: StageClock
    private var output: MarkedOutput
    private var window: LookAhead<Prepared>

    init(
        compositor: Compositor, edits: EditList = EditList(), output: MarkedOutput, part: Int,
        marking: StageClock = StageClock()
    ) {
        (self.compositor, self.edits, self.output, self.part) = (compositor, edits, output, part)
        self.marking = marking
        window = LookAhead(radius: compositor.settings.reach)
    }

    mutating func push(_ job: SwapJob<Frame>) throws -> FinishedFrame<Frame>? {
        try window.push(prepare(job)).map { try finished($0) }
    }

    mutating func drain() throws -> FinishedFrame<Frame>? {
        try window.drain().map { try finished($0) }
    }

    private mutating func finished(_ view: LookAhead<Prepared>.View) throws -> FinishedFrame<Frame> {
        let job = view.element.job
        return FinishedFrame(
            part: part, frame: try composed(view), original: job.frame, isSwapped: job.work != nil)
    }

    private func prepare(_ job: SwapJob<Frame>) -> Prepared {
        guard let work = job.work else { return Prepared(job: job) }
        let compositor = compositor(of: job)
        let (place, swapped) = (work.place, work.swapped)
        let hull = FaceMask.plane(
            landmarks: place.face.landmarks, transform: place.transform, size: swapped.mask.width)
        let faceWidth = place.face.alignment.faceWidth * place.transform.scale
        let mask = compositor.faceMask(learned: swapped.mask, hull: hull)
        var prepared = Prepared(job: job, mask: compositor.blendMask(mask, faceWidth: faceWidth))
        prepared.occlusion = compositor.occlusion(swapped, crop: place.crop, hull: hull, faceWidth: faceWidth)
        guard compositor.settings.colour != .none else { return prepared }
        let face = LabPicture(swapped.face)
        let seen = prepared.occlusion.map { mask.combined(with: $0) { $0 * (1 - $1) } } ?? mask
        prepared.face = face
        prepared.colours = compositor.measure(
            face: face, target: place.crop, mask: seen, faceWidth: faceWidth)
        return prepared
    }

    private mutating func composed(_ view: LookAhead<Prepared>.View) throws -> Frame {
        let item = view.element
        guard let work = item.job.work, var mask = item.mask else {
            return try marking.measure { try output.mark(item.job.frame, face: nil) }
        }
        if let occlusion = occlusion(in: view) { mask = mask.combined(with: occlusion) { $0 * (1 - $1) } }
        let (place, region) = (work.place, work.place.region)
        let compositor = compositor(of: item.job)
        if compositor.settings.opacity < 1 {
            let opacity = Float(compositor.settings.opacity)
            mask.values = mask.values.map { $0 * opacity }
        }
        let picture = compositor.composite(
            background: place.background, region: region, face: matched(work, in: view), mask: mask,
            transform: place.laying)
        let frame = try item.job.frame.replacing(
            x: region.x, y: region.y, width: region.width, height: region.height, with: picture)
        return try marking.measure { try output.mark(frame, face: PixelRegion(place.face.box)) }
    }

    /// As the edits of the frame's instant say.
    private func compositor(of job: SwapJob<Frame>) -> Compositor {
        edits.edits.isEmpty
            ? compositor : Compositor(edits.settings(compositor.settings, at: job.frame.time))
    }

    /// What stands before the face, steadied over the frames beside this one: an edge that comes and goes flickers.
    private func occlusion(in view: LookAhead<Prepared>.View) -> Plane? {
        let near = neighbours(in: view, deviation: 1)
        guard near.contains(where: { $0.element.occlusion != nil }) else { return nil }
        let total = near.reduce(0) { $0 + $1.weight }
        var result: Plane?
        for (element, weight) in near {
            guard let plane = element.occlusion else { continue }
            let share = Plane(
                width: plane.width, height: plane.height, values: plane.values.map { $0 * weight / total })
            result = result.map { $0.combined(with: share, +) } ?? share
        }
        return result
    }

    /// Frames around this one in which the same face was swapped, by their nearness.
    private func neighbours(
        in view: LookAhead<Prepared>.View, deviation: Double
    ) -> [(element: Prepared, weight: Float)] {
        let track = view.element.job.work?.place.face.track
        return view.elements.compactMap { other in
            guard let work = other.job.work, work.place.face.track == track else { return nil }
            let distance = Double(other.job.number - view.element.job.number)
            let weight = distance == 0 ? 1 : exp(-0.5 * distance * distance / (deviation * deviation))
            return (other, Float(weight))
        }
    }

    /// The face in the target's colours, both as they are on average around this frame.
    private func matched(_ work: SwapWork, in view: LookAhead<Prepared>.View) -> Picture {
        guard let face = view.element.face, view.element.colours != nil else { return work.swapped.face }
        let near = neighbours(in: view, deviation: compositor.settings.colourDeviation).compactMap { near in
            near.element.colours.map { ($0, near.weight) }
        }
        let strength = compositor(of: view.element.job).settings.colourStrength
        return ColourMeasure.apply(
            near, of: compositor.settings.colour, strength: Float(strength),
            to: face)
    }
}
