import Faces
import Pictures
import Provenance

/// A frame as the pipeline passes it on, whatever holds its pixels.
package protocol SwappableFrame: MarkableFrame, Sendable {
    /// Seconds after the video's start.
    var time: Double { get }

    func picture() throws -> Picture
}

/// A frame on its way from the network to the composite.
struct SwapJob<Frame: SwappableFrame>: Sendable {
    let frame: Frame
    /// Counted from the part's first frame.
    let number: Int
    /// Nil where no face is swapped.
    let work: SwapWork?
}

/// A swapped face and where it goes.
struct SwapWork: Sendable {
    let place: FacePlace
    let swapped: SwappedFace
}

/// A target's face, cut out.
struct FacePlace: Sendable {
    let face: ObservedFace
    /// Frame pixels → crop pixels.
    let transform: SimilarityTransform
    /// The same for what is laid into the frame, which may be of another size.
    let laying: SimilarityTransform
    let region: PixelRegion
    /// The frame's pixels in `region`.
    let background: Picture
    let crop: Picture
}

/// Vision and network: all that touches the engine, on the thread of the caller.
struct SwapStage<Frame: SwappableFrame> {
    private struct Seen {
        let frame: Frame
        let number: Int
        let faces: [ObservedFace]
    }

    private struct Waiting {
        let frame: Frame
        let number: Int
        let request: (place: FacePlace, request: SwapRequest)?
    }

    let observer: any FaceObserver
    let swapper: any FaceSwapper
    let batch: Int
    let filter: ZeroPhaseFilter
    let longestGap: Int
    let composite: CompositeSettings
    let edits: EditList
    private var choice: FaceChoice
    private var window: LookAhead<Seen>
    private var waiting: [Waiting] = []
    private var count = 0
    private let vision: StageClock
    private let network: StageClock

    init(
        observer: any FaceObserver, swapper: any FaceSwapper, settings: ConversionSettings,
        identity: Embedding?, vision: StageClock, network: StageClock
    ) {
        (self.observer, self.swapper) = (observer, swapper)
        (self.vision, self.network) = (vision, network)
        batch = max(1, settings.batch)
        longestGap = max(0, settings.longestGap)
        (composite, edits) = (settings.composite, settings.edits)
        filter = ZeroPhaseFilter(deviation: settings.smoothing)
        choice = FaceChoice(identity: identity, minimum: settings.minimumLikeness)
        window = LookAhead(radius: settings.visionReach)
    }

    /// Takes the next frame; gives those that are done, in order.
    mutating func push(_ frame: Frame, _ picture: Picture) throws -> [SwapJob<Frame>] {
        let faces = try vision.measure { try observer.faces(in: picture) }
        choice.learn(faces, frame: count)
        defer { count += 1 }
        guard let view = window.push(Seen(frame: frame, number: count, faces: faces)) else { return [] }
        waiting.append(try network.measure { try prepare(view) })
        return try flush(all: false)
    }

    /// After the last frame: all that is left.
    mutating func finish() throws -> [SwapJob<Frame>] {
        while let view = window.drain() { waiting.append(try network.measure { try prepare(view) }) }
        return try flush(all: true)
    }

    private func prepare(_ view: LookAhead<Seen>.View) throws -> Waiting {
        let seen = view.element
        let neither = Waiting(frame: seen.frame, number: seen.number, request: nil)
        guard edits.swaps(at: seen.frame.time), var face = face(in: view) else { return neither }
        let neighbours = view.elements.compactMap { other in
            other.faces.first { $0.track == face.track }.map { TrackedFace(frame: other.number, face: $0) }
        }
        if let index = neighbours.firstIndex(where: { $0.frame == seen.number }) {
            face.alignment.toUnit = filter.smoothed(
                neighbours.map(\.face.alignment.toUnit), frames: neighbours.map(\.frame), at: index)
        }
        let transform = face.alignment.crop(swapper.crop, size: swapper.size)
        let laying = transform.scaled(
            edits.settings(composite, at: seen.frame.time).scale, around: Double(swapper.size) / 2)
        guard
            let region = Compositor.region(
                of: laying, size: swapper.size, frameWidth: seen.frame.width,
                frameHeight: seen.frame.height)
        else { return neither }
        let background = try seen.frame.picture(
            x: region.x, y: region.y, width: region.width, height: region.height)
        let corner = SimilarityTransform(a: 1, b: 0, tx: Double(region.x), ty: Double(region.y))
        let crop = background.crop(corner.then(transform), width: swapper.size, height: swapper.size)
        let place = FacePlace(
            face: face, transform: transform, laying: laying, region: region, background: background,
            crop: crop)
        return Waiting(
            frame: seen.frame, number: seen.number,
            request: (
                place, SwapRequest(crop: crop, frame: seen.number, face: face, neighbours: neighbours)
            ))
    }

    /// The face that is to be swapped: the one that an edit points at, else the target's own.
    private func face(in view: LookAhead<Seen>.View) -> ObservedFace? {
        if let place = edits.place(at: view.element.frame.time) {
            func distance(_ face: ObservedFace) -> Double { (face.box.centre - place).length }
            return view.element.faces.min { distance($0) < distance($1) }
        }
        return choice.face(of: view.element.faces) ?? bridged(view)
    }

    /// The face in a frame where it was lost for a moment, from the frames before and behind: a face that is its old self
    /// for a frame is worse than one that is a little out of place.
    private func bridged(_ view: LookAhead<Seen>.View) -> ObservedFace? {
        guard longestGap > 0 else { return nil }
        func nearest(_ indices: some Sequence<Int>) -> (number: Int, face: ObservedFace)? {
            for index in indices where view.elements.indices.contains(index) {
                let other = view.elements[index]
                if let face = choice.face(of: other.faces) { return (other.number, face) }
            }
            return nil
        }
        let index = view.index
        guard let before = nearest((1...longestGap).map { index - $0 }),
            let behind = nearest((1...longestGap).map { index + $0 }),
            behind.number - before.number <= longestGap + 1,
            // Across a cut there is nothing between.
            before.face.box.overlap(behind.face.box) > 0.5
        else { return nil }
        let share = Double(view.element.number - before.number) / Double(behind.number - before.number)
        return .between(before.face, behind.face, share: share)
    }

    private mutating func flush(all: Bool) throws -> [SwapJob<Frame>] {
        let requests = waiting.compactMap(\.request?.request)
        guard all || requests.count >= batch || waiting.count >= 2 * batch || requests.isEmpty else {
            return []
        }
        var answers: [SwappedFace] = []
        for start in stride(from: 0, to: requests.count, by: batch) {
            let part = Array(requests[start..<min(requests.count, start + batch)])
            answers += try network.measure { try swapper.swap(part) }
        }
        guard answers.count == requests.count, answers.allSatisfy(fits) else {
            throw SwappingError(
                .network, "The model gave back faces of another number or size than it was asked for.")
        }
        defer { waiting = [] }
        var next = 0
        return waiting.map { item in
            guard let place = item.request?.place else {
                return SwapJob(frame: item.frame, number: item.number, work: nil)
            }
            defer { next += 1 }
            return SwapJob(
                frame: item.frame, number: item.number, work: SwapWork(place: place, swapped: answers[next]))
        }
    }

    private func fits(_ answer: SwappedFace) -> Bool {
        answer.face.width == swapper.size && answer.face.height == swapper.size
            && answer.mask.width == swapper.size && answer.mask.height == swapper.size
    }
}

extension SimilarityTransform {
    /// Of frame pixels → crop pixels: so that what lies in the crop is larger in the frame, around the crop's middle.
    fileprivate func scaled(_ factor: Double, around middle: Double) -> SimilarityTransform {
        guard factor != 1, factor > 0 else { return self }
        let shrunk = 1 / factor
        return then(
            SimilarityTransform(a: shrunk, b: 0, tx: middle * (1 - shrunk), ty: middle * (1 - shrunk)))
    }
}
