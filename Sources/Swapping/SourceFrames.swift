import Architectures
import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Frames of a person's own face set, from which drawn faces get the fine detail that the network loses (`DetailLayer`).
///
/// Of a set as many faces are kept as show what is worth telling apart. Three parts of a drawn face take their detail each from the
/// frames that are nearest to it as the network draws both: the eyes, the mouth, and the skin between. What a face takes depends on
/// nothing but that face, so that a part of a video that is made again is the same, and changes smoothly with what it shows.
final class SourceFrames {
    /// Draws the person by a crop of the person's own and its measures.
    typealias Draw = (Picture, [Float]) throws -> Picture

    /// Why a set has no detail to give.
    struct Nothing: Error {
        let reason: String
    }

    private struct Candidate {
        /// Its place in the packed set, and its crop's file.
        let index: Int
        let file: URL
        let measures: [Float]
        /// The same relative to the person.
        let relative: [Float]
    }

    /// Tells these frames from others.
    let fingerprint: String
    /// Sides of what the network draws, of the crops that detail is taken from, and of the crops' files.
    private let side: Int
    private let size: Int
    private let stored: Int
    private let packed: PackedSet
    private let candidates: [Candidate]
    private let draw: Draw
    /// Pixels of the crops that detail is taken from → pixels of the crops' files, and of what the network draws → pixels of the
    /// packed pictures.
    private let fileMap, packedMap: AffineMap
    /// Of the candidates that were looked at; nil for those that the network does not know.
    private var sketches: [Int: FaceSketch?] = [:]
    private var exemplars: [Int: FaceExemplar] = [:]
    /// What a distance in each measure counts, for each part of a face.
    private let weights: [[Float]]

    /// Faces that are kept of a set, fewer for large networks, whose drawings take memory.
    private static func most(side: Int) -> Int { max(24, min(160, 160 * 256 * 256 / (side * side))) }
    /// Of these, how many are looked at for a part of a drawn face.
    private static let near = 16
    /// How much farther than the nearest face one may be that still has a say.
    private static let reach: Float = 0.06
    /// Faces less sharp than this share of the set's median, moving or covered more than this are left out.
    private static let (leastSharpness, mostMotion, mostCovered) = (0.5, 0.5, 0.2)
    /// Frames that are less than this much larger than the network's picture hold no detail that it lacks.
    private static let leastGain = 1.2
    /// Correlation of a drawing with its frame below which the network does not know that face: another person's set of the same
    /// name, something that covers the face, a network that has hardly been trained.
    private static let leastAgreement: Float = 0.7
    private static let mostSize = 1024

    /// - Parameters:
    ///   - crop, side: what the network draws.
    ///   - names: the measures that the network takes.
    ///   - relative: takes off what is neutral for the person.
    /// - Throws: where the set's crops or its packed copy are missing or cannot be read.
    static func find(
        of set: String, in workspace: Workspace, crop: CropKind, side: Int, names: [String],
        relative: ([Float]) -> [Float], draw: @escaping Draw
    ) throws -> Result<SourceFrames, Nothing> {
        guard let settings = try workspace.index.set(set)?.settings else {
            return .failure(Nothing(reason: "the workspace has no set '\(set)'"))
        }
        let stored = settings.crop.transform(size: settings.cropSize, margin: settings.cropMargin)
        let growth = stored.scale / crop.transform(size: side).scale
        guard growth >= leastGain else {
            let wanted = Int((leastGain / growth * Double(settings.cropSize) / 8 - 1e-6).rounded(.up)) * 8
            return .failure(
                Nothing(
                    reason: "the crops of '\(set)' are no finer than what the network draws; extract it with "
                        + "extraction.crop_size = \(wanted) or more"))
        }
        try CropPresence(workspace, set: set).require()
        let packed = try PackedSet(mapping: workspace.packed(set: set))
        func column(_ name: String) throws -> [Int32] { try packed.file.values(name, as: Int32.self) }
        let (clips, frames, tracks) = (try column("clip"), try column("frame"), try column("track"))
        struct Key: Hashable {
            let clip: Int64
            let frame, track: Int
        }
        let places = Dictionary(
            (0..<packed.count).map {
                (Key(clip: Int64(clips[$0]), frame: Int(frames[$0]), track: Int(tracks[$0])), $0)
            }
        ) { first, _ in first }
        let kept = try workspace.index.summaries(ofSet: set).filter {
            $0.rejection == nil && $0.cropFile != nil
        }
        let sharpness = kept.compactMap(\.quality?.sharpness).sorted()
        let least = sharpness.isEmpty ? 0 : leastSharpness * sharpness[sharpness.count / 2]
        let measures = try packed.measures().map { $0.values(named: names) }
        let good = try kept.compactMap { face -> Candidate? in
            guard let place = places[Key(clip: face.clip, frame: face.frame, track: face.track)],
                face.width * crop.coverage >= leastGain * Double(side),
                face.quality.map({
                    $0.sharpness >= least && $0.motionBlur <= mostMotion && $0.occlusion <= mostCovered
                }) ?? true
            else { return nil }
            let file = try workspace.file(face.cropFile ?? "", ofSet: set)
            guard FileManager.default.isReadableFile(atPath: file.path) else { return nil }
            return Candidate(
                index: place, file: file, measures: measures[place], relative: relative(measures[place]))
        }
        guard !good.isEmpty else {
            return .failure(
                Nothing(
                    reason: "no face of '\(set)' is larger in its video than the network draws it, and sharp")
            )
        }
        let chosen = farthestFirst(
            good.map(\.measures), weights: names.map(FacePart.weightOfAll(_:)), most: most(side: side)
        ).map { good[$0] }
        return .success(
            try SourceFrames(
                chosen, of: packed, settings, crop: crop, side: side,
                size: min(mostSize, Int((growth * Double(side)).rounded())), names: names, draw: draw))
    }

    private init(
        _ candidates: [Candidate], of packed: PackedSet, _ settings: ExtractionSettings, crop: CropKind,
        side: Int, size: Int, names: [String], draw: @escaping Draw
    ) throws {
        (self.candidates, self.packed, self.side, self.size) = (candidates, packed, side, size)
        (stored, self.draw) = (settings.cropSize, draw)
        weights = FacePart.allCases.map { part in names.map(part.weight(of:)) }
        fileMap = AffineMap(
            crop.transform(size: size).inverse
                .then(settings.crop.transform(size: settings.cropSize, margin: settings.cropMargin)))
        packedMap = AffineMap(
            crop.transform(size: side).inverse
                .then(packed.crop.transform(size: packed.size, margin: packed.margin)))
        let set = try Fingerprint(of: packed.file.url)
        let files = try Fingerprint(ofFolderWith: candidates.map(\.file))
        fingerprint = "\(set.size) \(set.hash) \(files.size) \(files.hash) \(size)"
    }

    /// The detail of a drawn face; nil where no frame is near.
    ///
    /// - Parameters:
    ///   - drawing: the face as the network drew it.
    ///   - relative: the measures by which it was drawn.
    ///   - share: how much of the detail is taken, 0…1.
    ///   - parts: where the drawing shows each part, 0…1, of the size of the drawing's shape.
    /// - Throws: `WorkspaceError` where a crop has gone since the frames were found: the same face is to have the same detail, whenever
    ///   it is drawn.
    func detail(
        of drawing: Picture, relative: [Float], share all: Float = 1, parts: [Plane]
    ) throws -> DetailLayer? {
        let look = FaceLook(drawing.luma.shape)
        var wanted: [Int: Plane] = [:]
        for (part, plane) in parts.enumerated() {
            let distances = candidates.map {
                squaredDistance($0.relative, relative, weights[part]).squareRoot()
            }
            let order = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
            // A share is 0 before its face is no longer among the nearest.
            let limit = order.count > Self.near ? distances[order[Self.near]] : .infinity
            let small = plane.resized(width: FaceLook.size, height: FaceLook.size)
            let seen = try order.prefix(Self.near).compactMap { index -> Near? in
                guard let sketch = try sketch(index) else { return nil }
                let room = limit.isFinite ? min(1, 4 * (1 - distances[index] / max(limit, 1e-6))) : 1
                return Near(
                    index: index, distance: sketch.look.distance(to: look, weights: small), weight: room)
            }
            for (index, share) in Self.shares(seen) {
                let own = Plane(
                    width: plane.width, height: plane.height, values: plane.values.map { $0 * share * all })
                wanted[index] = wanted[index]?.combined(with: own, +) ?? own
            }
        }
        let layers = try wanted.sorted { $0.key < $1.key }.map { index, weight in
            DetailLayer.Part(exemplar: try exemplar(index), weight: weight)
        }
        return layers.isEmpty ? nil : DetailLayer(layers)
    }

    /// A face that is near a drawn one.
    struct Near {
        let index: Int
        /// By the drawings, in levels of luma.
        let distance: Float
        /// How much it may say, 0…1.
        var weight: Float = 1
    }

    /// What each of the nearest has to say, together 1: fading to nothing where one is farther than the nearest by `reach`.
    static func shares(_ near: [Near]) -> [(index: Int, share: Float)] {
        guard let nearest = near.filter({ $0.weight > 0 }).map(\.distance).min() else { return [] }
        let raw = near.map { entry -> (index: Int, share: Float) in
            // Half a level, so that an exact match is not the only one.
            let beyond = (entry.distance + 0.5) / (nearest + 0.5) - 1
            let part = max(0, 1 - beyond / reach)
            return (entry.index, entry.weight * part * part)
        }.filter { $0.share > 0 }
        let total = max(raw.reduce(0) { $0 + $1.share }, 0.1)
        return raw.map { ($0.index, $0.share / total) }
    }

    private func sketch(_ index: Int) throws -> FaceSketch? {
        if let known = sketches[index] { return known }
        let candidate = candidates[index]
        let crop = try packed.picture(candidate.index).square(side, through: packedMap)
        // One by one, that a drawing does not depend on what else is drawn beside it.
        let made = FaceSketch(of: crop, drawing: try draw(crop, candidate.measures))
        let mask = try packed.mask(candidate.index).sampled(
            width: side, height: side, transform: packedMap)
        let known = made.agreement(inside: mask) >= Self.leastAgreement ? made : nil
        sketches[index] = .some(known)
        return known
    }

    private func exemplar(_ index: Int) throws -> FaceExemplar {
        if let known = exemplars[index] { return known }
        guard let sketch = try sketch(index) else {
            preconditionFailure("only faces that the network knows have a say")
        }
        let file = candidates[index].file
        var picture: Picture
        do { picture = try PictureFile.read(file) } catch {
            throw WorkspaceError(
                .filesMissing,
                "\(file.path) cannot be read, from which faces get their fine detail; put it back, or convert with --source-detail 0",
                cause: error)
        }
        // Crops may have been retouched at another size.
        if picture.width != stored || picture.height != stored {
            picture = picture.resized(width: stored, height: stored)
        }
        let made = FaceExemplar(sketch, frame: picture.square(size, through: fileMap))
        exemplars[index] = made
        return made
    }
}

extension Picture {
    /// Sampled through a map from the new pixels to the old ones; cut out, sharp, where it only moves by whole pixels.
    fileprivate func square(_ size: Int, through map: AffineMap) -> Picture {
        let (x, y) = (map.tx.rounded(), map.ty.rounded())
        let moved = AffineMap.translation(x, y)
        let isShift = zip(
            [map.a, map.b, map.c, map.d, map.tx, map.ty],
            [moved.a, moved.b, moved.c, moved.d, moved.tx, moved.ty]
        ).allSatisfy { abs($0 - $1) < 1e-6 }
        guard isShift else { return sampled(width: size, height: size, transform: map, filter: .bicubic) }
        return cropped(x: Int(x), y: Int(y), width: size, height: size)
    }
}

/// What of a face takes its detail from frames of its own.
enum FacePart: CaseIterable {
    case eyes, mouth, skin

    /// What a distance in a measure counts where frames are compared for this part.
    func weight(of measure: String) -> Float {
        let weight = Self.weightOfAll(measure)
        switch (self, FaceMeasures.region(of: measure)) {
        case (_, .turn), (.eyes, .eyes), (.mouth, .mouth): return weight
        case (.skin, _): return 0.3 * weight
        default: return 0
        }
    }

    /// The same for the whole face. A turn of the head moves all that there is to see.
    static func weightOfAll(_ measure: String) -> Float {
        FaceMeasures.region(of: measure) == .turn ? 3 : FaceMeasures.weight(of: measure)
    }

    /// Where a face shows each part, 0…1 and together no more than 1, in the order of `allCases`; zero outside the face.
    ///
    /// - Parameters:
    ///   - transform: picture pixels → pixels of the planes.
    ///   - size: sides of the planes.
    static func planes(landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int) -> [Plane] {
        let width = (FaceAlignment(landmarks: landmarks)?.faceWidth ?? 0) * transform.scale
        func soft(_ plane: Plane) -> Plane {
            plane.dilated(radius: 0.05 * width).blurred(sigma: 0.04 * width)
        }
        let face = FaceMask.plane(landmarks: landmarks, transform: transform, size: size)
            .dilated(radius: 0.05 * width)
        let eyes = soft(FaceMask.eyes(landmarks: landmarks, transform: transform, size: size)).product(face)
        let mouth = soft(FaceMask.mouth(landmarks: landmarks, transform: transform, size: size)).product(face)
            .combined(with: eyes) { $0 * (1 - $1) }
        let skin = face.combined(with: eyes.combined(with: mouth, +)) { $0 * max(0, 1 - $1) }
        return [eyes, mouth, skin]
    }
}
