import Concurrency
import Faces
import Pictures
import Provenance
import Vision

/// A frame of the pipeline, independent of the storage of its pixels.
package protocol SwappableFrame: MarkableFrame, Sendable {
    /// Seconds from the video's start.
    var time: Double { get }

    /// Shape of its stored pixels. Faces are placed in square pixels, regions in stored ones.
    var pixelShape: PixelShape { get }

    func picture() throws -> Picture
    /// The whole frame in square pixels.
    func squarePicture() throws -> Picture
    /// A blank frame of the same size and time: black for a mask layer, transparent for a face layer; this frame for the
    /// result.
    func blankCanvas(for layer: ConversionLayer) throws -> Self
    /// A copy with at least this opacity in a region, 0…1; the frame itself if it has no alpha.
    func withAlpha(_ alpha: Plane, x: Int, y: Int) throws -> Self
}

extension SwappableFrame {
    package var pixelShape: PixelShape { .square }

    package func squarePicture() throws -> Picture {
        let size = pixelShape.squareSize(width: width, height: height)
        return try picture().resized(width: size.width, height: size.height)
    }
}

/// A frame between the network and the composite stage.
struct SwapJob<Frame: SwappableFrame>: Sendable {
    let frame: Frame
    /// Counted from the part's first frame.
    let number: Int
    let scene: Scene
    /// In compositing order; empty if no face is swapped.
    let works: [FaceSwapResult]
    /// The outcome for each person, as far as known before compositing.
    var sighting = FrameSighting()
}

/// A swapped face and its position.
struct FaceSwapResult: Sendable {
    /// Name of the replaced person.
    let person: String
    let place: FacePlace
    let swapped: SwappedFace
}

/// A cropped face of the target.
struct FacePlace: Sendable {
    let face: ObservedFace
    /// Square pixels of the frame → crop pixels.
    let transform: SimilarityTransform
    /// The same for the overlay, which may have another scale.
    let overlayTransform: SimilarityTransform
    /// Shape of the frame's stored pixels, in which `region` and `background` are given.
    let shape: PixelShape
    let region: PixelRegion
    /// The frame's pixels in `region`.
    let background: Picture
    let crop: Picture
    /// Segmentation of persons in the crop; `nil` without a segmenter.
    let person: Plane?
}

/// Vision and network: everything that uses the engine, on the caller's thread.
struct SwapStage<Frame: SwappableFrame> {
    private struct Seen {
        let frame: Frame
        let number: Int
        let scene: Scene
        let faces: [ObservedFace]
    }

    private struct Waiting {
        let frame: Frame
        let number: Int
        let scene: Scene
        var sighting: FrameSighting
        var requests: [(role: Int, place: FacePlace, request: SwapRequest)] = []
    }

    let observer: any FaceDetectorSource
    let roles: [SwapRole]
    let segmenter: (any FaceSegmenter)?
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
        observer: any FaceDetectorSource, roles: [SwapRole], segmenter: (any FaceSegmenter)? = nil,
        settings: ConversionSettings, vision: StageClock, network: StageClock
    ) {
        (self.observer, self.roles) = (observer, roles)
        self.segmenter = settings.composite.mask == .segmentation ? segmenter : nil
        (self.vision, self.network) = (vision, network)
        batch = max(1, settings.batch)
        longestGap = max(0, settings.longestGap)
        (composite, edits) = (settings.composite, settings.edits)
        filter = ZeroPhaseFilter(deviation: settings.smoothing)
        choice = FaceChoice(roles)
        window = LookAhead(radius: settings.visionReach)
    }

    /// Adds the next frame; returns finished frames, in order.
    mutating func push(_ frame: Frame, _ picture: Picture) throws -> [SwapJob<Frame>] {
        let faces = try vision.measure { try observer.faces(in: picture) }
        choice.learn(faces, frame: count)
        defer { count += 1 }
        guard
            let view = window.push(
                Seen(
                    frame: frame, number: count, scene: Scene(shot: observer.shot, light: observer.light),
                    faces: faces))
        else { return [] }
        waiting.append(try network.measure { try prepare(view) })
        return try flush(all: false)
    }

    /// Returns all remaining frames after the last one.
    mutating func finish() throws -> [SwapJob<Frame>] {
        while let view = window.drain() { waiting.append(try network.measure { try prepare(view) }) }
        return try flush(all: true)
    }

    private func prepare(_ view: LookAhead<Seen>.View) throws -> Waiting {
        let seen = view.element
        var result = Waiting(
            frame: seen.frame, number: seen.number, scene: seen.scene,
            sighting: FrameSighting(faces: seen.faces.count))
        let chosen = choice.faces(of: seen.faces)
        let likenesses = choice.likenesses(of: seen.faces)
        for (number, role) in roles.enumerated() {
            var person = PersonSighting(
                name: role.person, outcome: .absent, likeness: likenesses[number], least: role.least)
            defer { result.sighting.people.append(person) }
            guard edits.swaps(role.person, at: seen.frame.time) else {
                person.outcome = .edited
                continue
            }
            guard let face = try face(of: number, chosen: chosen[number], in: view) else { continue }
            guard let (place, request) = try prepare(face, role, view) else {
                person.outcome = .outside
                continue
            }
            person.outcome = .swapped
            result.requests.append((number, place, request))
        }
        return result
    }

    private func prepare(
        _ seenFace: ObservedFace, _ role: SwapRole, _ view: LookAhead<Seen>.View
    ) throws -> (FacePlace, SwapRequest)? {
        let (seen, swapper) = (view.element, role.swapper)
        var face = seenFace
        let neighbours = view.elements.compactMap { other in
            guard other.scene.shot == seen.scene.shot else { return TrackedFace?.none }
            return other.faces.first { $0.track == face.track }.map {
                TrackedFace(frame: other.number, face: $0)
            }
        }
        if let index = neighbours.firstIndex(where: { $0.frame == seen.number }) {
            face.alignment.toUnit = filter.smoothed(
                neighbours.map(\.face.alignment.toUnit), frames: neighbours.map(\.frame), at: index)
        }
        let shape = seen.frame.pixelShape
        let transform = face.alignment.crop(swapper.crop, size: swapper.size)
        let overlayTransform = transform.scaled(
            edits.settings(composite, of: role.person, at: seen.frame.time).scale,
            around: Double(swapper.size) / 2)
        guard
            let region = Compositor.region(
                of: overlayTransform, size: swapper.size, frameWidth: seen.frame.width,
                frameHeight: seen.frame.height, shape: shape)
        else { return nil }
        let background = try seen.frame.picture(
            x: region.x, y: region.y, width: region.width, height: region.height)
        let crop = background.crop(
            transform, shape: shape, x: region.x, y: region.y, width: swapper.size, height: swapper.size)
        let place = FacePlace(
            face: face, transform: transform, overlayTransform: overlayTransform, shape: shape,
            region: region,
            background: background, crop: crop,
            person: try person(in: crop, faceWidth: face.alignment.faceWidth * transform.scale))
        let request = SwapRequest(
            crop: crop, frame: seen.number, overlayTransform: overlayTransform, face: face,
            neighbours: neighbours)
        return (place, request)
    }

    /// Segmentation of persons with holes closed: a segmenter sometimes excludes the eyes.
    private func person(in crop: Picture, faceWidth: Double) throws -> Plane? {
        guard let plane = try segmenter?.person(in: crop) else { return nil }
        return plane.dilated(radius: 0.12 * faceWidth).eroded(radius: 0.12 * faceWidth)
    }

    /// A role's face: the one that an edit selects, otherwise the one most similar to the identity.
    private func face(of role: Int, chosen: ObservedFace?, in view: LookAhead<Seen>.View) throws
        -> ObservedFace?
    {
        if let stored = edits.place(of: roles[role].person, at: view.element.frame.time) {
            let shape = view.element.frame.pixelShape
            let place = Point(stored.x * shape.x, stored.y * shape.y)
            func distance(_ face: ObservedFace) -> Double { (face.box.centre - place).length }
            return view.element.faces.min { distance($0) < distance($1) }
        }
        return try chosen ?? interpolatedFace(role, view)
    }

    /// Interpolates a face that was not detected for a moment from the frames before and after: an unswapped face for one
    /// frame is more visible than a slightly displaced one.
    ///
    /// Only within one shot, if no other face was detected at the position, and if the position looks as in the frame
    /// before or after: a card, a hand or another person must not be painted over.
    private func interpolatedFace(_ role: Int, _ view: LookAhead<Seen>.View) throws -> ObservedFace? {
        guard longestGap > 0 else { return nil }
        let (here, index) = (view.element, view.index)
        func nearest(_ step: Int) -> (seen: Seen, face: ObservedFace)? {
            for distance in 1...longestGap {
                let place = index + step * distance
                guard view.elements.indices.contains(place) else { return nil }
                let other = view.elements[place]
                // Nothing is interpolated across a cut.
                guard other.scene.shot == here.scene.shot else { return nil }
                if let face = choice.faces(of: other.faces)[role] { return (other, face) }
            }
            return nil
        }
        guard let before = nearest(-1), let behind = nearest(1),
            behind.seen.number - before.seen.number <= longestGap + 1,
            before.face.box.overlap(behind.face.box) > 0.5
        else { return nil }
        let share =
            Double(here.number - before.seen.number) / Double(behind.seen.number - before.seen.number)
        let face = ObservedFace.between(before.face, behind.face, share: share)
        guard !here.faces.contains(where: { $0.box.intersects(face.box) }),
            let patch = try patch(of: face, in: here.frame)
        else { return nil }
        let isStillThere = try [before, behind].contains { near in
            try self.patch(of: near.face, in: near.seen.frame).map {
                patch.likeness(to: $0) >= Self.leastSimilarity
            } ?? false
        }
        return isStillThere ? face : nil
    }

    /// The appearance of a face's position in a frame.
    private func patch(of face: ObservedFace, in frame: Frame) throws -> FacePatch? {
        let shape = frame.pixelShape
        guard
            let region = Compositor.region(
                of: face.alignment.toUnit, size: 1, frameWidth: frame.width, frameHeight: frame.height,
                shape: shape)
        else { return nil }
        let picture = try frame.picture(x: region.x, y: region.y, width: region.width, height: region.height)
        return FacePatch(
            picture,
            map: AffineMap(face.alignment.toUnit.inverse).then(shape.toStored)
                .then(.translation(-Double(region.x), -Double(region.y))))
    }

    /// Least similarity of a position's appearance in two frames that contain the same face.
    private static var leastSimilarity: Float { 0.7 }

    private mutating func flush(all: Bool) throws -> [SwapJob<Frame>] {
        let requests = roles.indices.map { role in
            waiting.flatMap { $0.requests.filter { $0.role == role }.map(\.request) }
        }
        let most = requests.map(\.count).max() ?? 0
        guard all || most >= batch || waiting.count >= 2 * batch || most == 0 else { return [] }
        var answers: [[SwappedFace]] = []
        for (role, requests) in zip(roles, requests) {
            answers.append(try generate(requests, by: role.swapper))
        }
        defer { waiting = [] }
        var next = [Int](repeating: 0, count: roles.count)
        return waiting.map { item in
            let works = item.requests.map { role, place, _ in
                defer { next[role] += 1 }
                return FaceSwapResult(
                    person: roles[role].person, place: place, swapped: answers[role][next[role]])
            }
            return SwapJob(
                frame: item.frame, number: item.number, scene: item.scene, works: works,
                sighting: item.sighting)
        }
    }

    private func generate(_ requests: [SwapRequest], by swapper: any FaceSwapper) throws -> [SwappedFace] {
        var answers: [SwappedFace] = []
        for start in stride(from: 0, to: requests.count, by: batch) {
            let part = Array(requests[start..<min(requests.count, start + batch)])
            answers += try network.measure { try swapper.swap(part) }
        }
        func fits(_ answer: SwappedFace) -> Bool {
            answer.face.width == swapper.size && answer.face.height == swapper.size
                && answer.mask.width == swapper.size && answer.mask.height == swapper.size
        }
        guard answers.count == requests.count, answers.allSatisfy(fits) else {
            throw SwappingError(
                .network, "The model returned an unexpected number or size of faces.")
        }
        return answers
    }
}

extension Box {
    /// Whether two faces overlap: by area, or by the centre of one of them.
    fileprivate func intersects(_ other: Box) -> Bool {
        overlap(other) > 0.1 || contains(other.centre) || other.contains(centre)
    }

    private func contains(_ point: Point) -> Bool {
        point.x >= x && point.x < x + width && point.y >= y && point.y < y + height
    }
}

extension SimilarityTransform {
    /// For frame pixels → crop pixels: scales the crop's content in the frame about the crop's centre.
    fileprivate func scaled(_ factor: Double, around middle: Double) -> SimilarityTransform {
        guard factor != 1, factor > 0 else { return self }
        let shrunk = 1 / factor
        return then(
            SimilarityTransform(a: shrunk, b: 0, tx: middle * (1 - shrunk), ty: middle * (1 - shrunk)))
    }
}
