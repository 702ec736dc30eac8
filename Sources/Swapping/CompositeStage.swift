import Faces
import Foundation
import Pictures
import Provenance

/// Colour, mask, blend and label: from swapped faces to finished frames, in order.
struct CompositeStage<Frame: SwappableFrame> {
    private struct Prepared {
        let job: SwapJob<Frame>
        let mask: Plane?
        let face: LabPicture?
        let colours: ColourMeasure?
    }

    let compositor: Compositor
    private var output: MarkedOutput
    private var window: LookAhead<Prepared>

    init(compositor: Compositor, output: MarkedOutput) {
        (self.compositor, self.output) = (compositor, output)
        window = LookAhead(radius: Int((2 * max(0, compositor.settings.colourDeviation)).rounded(.up)))
    }

    mutating func push(_ job: SwapJob<Frame>) throws -> Frame? {
        try window.push(prepare(job)).map { try finished($0) }
    }

    mutating func drain() throws -> Frame? {
        try window.drain().map { try finished($0) }
    }

    private func prepare(_ job: SwapJob<Frame>) -> Prepared {
        guard let work = job.work else { return Prepared(job: job, mask: nil, face: nil, colours: nil) }
        let (place, swapped) = (work.place, work.swapped)
        let hull = FaceMask.plane(
            landmarks: place.face.landmarks, transform: place.transform, size: swapped.mask.width)
        let faceWidth = place.face.alignment.faceWidth * place.transform.scale
        let mask = compositor.faceMask(learned: swapped.mask, hull: hull)
        let blend = compositor.blendMask(mask, faceWidth: faceWidth)
        guard compositor.settings.colour != .none else {
            return Prepared(job: job, mask: blend, face: nil, colours: nil)
        }
        let face = LabPicture(swapped.face)
        let colours = compositor.measure(face: face, target: place.crop, mask: mask, faceWidth: faceWidth)
        return Prepared(job: job, mask: blend, face: face, colours: colours)
    }

    private mutating func finished(_ view: LookAhead<Prepared>.View) throws -> Frame {
        let item = view.element
        guard let work = item.job.work, let mask = item.mask else {
            return try output.mark(item.job.frame, face: nil)
        }
        let (place, region) = (work.place, work.place.region)
        let picture = compositor.composite(
            background: place.background, region: region, face: matched(work, in: view), mask: mask,
            transform: place.transform)
        let frame = try item.job.frame.replacing(
            x: region.x, y: region.y, width: region.width, height: region.height, with: picture)
        return try output.mark(frame, face: PixelRegion(place.face.box))
    }

    /// The face in the target's colours, both as they are on average around this frame.
    private func matched(_ work: SwapWork, in view: LookAhead<Prepared>.View) -> Picture {
        guard let face = view.element.face, view.element.colours != nil else { return work.swapped.face }
        let deviation = compositor.settings.colourDeviation
        let near = view.elements.compactMap { other -> (ColourMeasure, Float)? in
            guard let colours = other.colours, other.job.work?.place.face.track == work.place.face.track
            else { return nil }
            let distance = Double(other.job.number - view.element.job.number)
            let weight = distance == 0 ? 1 : exp(-0.5 * distance * distance / (deviation * deviation))
            return (colours, Float(weight))
        }
        return ColourMeasure.apply(near, of: compositor.settings.colour, to: face)
    }
}

extension PixelRegion {
    /// The smallest whole pixels around a box; nil for one that is not finite.
    init?(_ box: Box) {
        let limit = 1e6
        guard [box.x, box.y, box.width, box.height].allSatisfy({ $0.isFinite && abs($0) < limit }) else {
            return nil
        }
        let (left, top) = (Int(box.x.rounded(.down)), Int(box.y.rounded(.down)))
        self.init(
            x: left, y: top, width: Int((box.x + box.width).rounded(.up)) - left,
            height: Int((box.y + box.height).rounded(.up)) - top)
    }
}
