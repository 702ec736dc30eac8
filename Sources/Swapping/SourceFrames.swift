import Architectures
import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Frames of a person's own face set, which give generated faces the fine detail that the network loses (`DetailLayer`).
///
/// Keeps as many faces of a set as differ significantly. Three parts of a generated face (eyes, mouth, and the skin
/// between) take their detail each from the frames with the most similar drawings. The detail depends on the face alone, so
/// that a part of a video that is converted again gives the same result, and it changes smoothly with the face.
final class SourceFrames {
    /// Reconstructs the person from one of the person's crops and its measures.
    typealias Draw = (Picture, [Float]) throws -> Picture

    /// The reason why a set provides no detail.
    struct Unavailable: Error {
        let reason: String
    }

    private struct Candidate {
        /// Index in the packed set, and the crop's file.
        let index: Int
        let file: URL
        let measures: [Float]
        /// The measures relative to the person.
        let relative: [Float]
    }

    /// Identifies these frames.
    let fingerprint: String
    /// Sides of the network's output, of the crops used for detail, and of the crops' files.
    private let side: Int
    private let size: Int
    private let stored: Int
    private let packed: PackedSet
    private let candidates: [Candidate]
    private let draw: Draw
    /// Pixels of the crops used for detail → pixels of the crops' files, and pixels of the network's output → pixels of the
    /// packed pictures.
    private let fileMap, packedMap: AffineMap
    /// Cached sketches of candidates; `nil` for faces that the network does not reconstruct well.
    private var sketches: [Int: FaceSketch?] = [:]
    private var exemplars: [Int: FaceExemplar] = [:]
    /// Weight of each measure in the distance, for each part of a face.
    private let weights: [[Float]]

    /// Number of faces kept of a set: fewer for large networks, whose drawings take more memory.
    private static func most(side: Int) -> Int { max(24, min(160, 160 * 256 * 256 / (side * side))) }
    /// Number of candidates compared for a part of a generated face.
    private static let near = 16
    /// Relative distance beyond the nearest face at which a face's weight is zero.
    private static let reach: Float = 0.06
    /// Limits of sharpness (as a share of the set's median), motion and occlusion.
    private static let (leastSharpness, mostMotion, mostCovered) = (0.5, 0.5, 0.2)
    /// Frames need at least this scale relative to the network's output to hold additional detail.
    private static let leastGain = 1.2
    /// Correlation of a drawing with its frame below which the face is rejected: another person's set of the same name, an
    /// occluded face, or a network that has hardly been trained.
    private static let leastAgreement: Float = 0.7
    private static let mostSize = 1024

    /// - Parameters:
    ///   - crop, side: kind and side of the network's output.
    ///   - names: the measures that the network takes.
    ///   - relative: subtracts the person's neutral values.
    /// - Throws: if the set's crops or its packed copy are missing or cannot be read.
    static func find(
        of set: String, in workspace: Workspace, crop: CropKind, side: Int, names: [String],
        relative: ([Float]) -> [Float], draw: @escaping Draw
    ) throws -> Result<SourceFrames, Unavailable> {
        guard let settings = try workspace.index.set(set)?.settings else {
            return .failure(Unavailable(reason: "the workspace has no set '\(set)'"))
        }
        let stored = settings.crop.transform(size: settings.cropSize, margin: settings.cropMargin)
        let growth = stored.scale / crop.transform(size: side).scale
        guard growth >= leastGain else {
            let wanted = Int((leastGain / growth * Double(settings.cropSize) / 8 - 1e-6).rounded(.up)) * 8
            return .failure(
                Unavailable(
                    reason:
                        "the crops of '\(set)' have no higher resolution than the network's output; extract it with "
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
                Unavailable(
                    reason:
                        "no sharp face of '\(set)' has a higher resolution in its video than the network's output"
                )
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

    /// Returns the detail of a generated face; `nil` if no frame is similar.
    ///
    /// - Parameters:
    ///   - drawing: the face as generated by the network.
    ///   - relative: the measures with which it was generated.
    ///   - share: strength of the detail, 0…1.
    ///   - parts: mask of each part in the drawing, 0…1, of the size of the drawing's shape.
    /// - Throws: `WorkspaceError` if a crop was removed since the frames were selected: the same face must always get the
    ///   same detail.
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
            // A weight reaches 0 before its face leaves the set of the nearest.
            let limit = order.count > Self.near ? distances[order[Self.near]] : .infinity
            let small = plane.resized(width: FaceLook.size, height: FaceLook.size)
            let seen = try order.prefix(Self.near).compactMap { index -> Neighbour? in
                guard let sketch = try sketch(index) else { return nil }
                let room = limit.isFinite ? min(1, 4 * (1 - distances[index] / max(limit, 1e-6))) : 1
                return Neighbour(
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

    /// A face similar to a generated one.
    struct Neighbour {
        let index: Int
        /// Distance between the drawings, in levels of luma.
        let distance: Float
        /// Weight limit, 0…1.
        var weight: Float = 1
    }

    /// Weights of the nearest faces, which sum to 1 and decay to 0 at a relative distance of `reach` beyond the nearest.
    static func shares(_ near: [Neighbour]) -> [(index: Int, share: Float)] {
        guard let nearest = near.filter({ $0.weight > 0 }).map(\.distance).min() else { return [] }
        let raw = near.map { entry -> (index: Int, share: Float) in
            // Half a level, so that an exact match does not exclude all others.
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
        // One at a time, so that a drawing does not depend on the rest of the batch.
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
            preconditionFailure("only accepted faces have a weight")
        }
        let file = candidates[index].file
        var picture: Picture
        do { picture = try PictureFile.read(file) } catch {
            throw WorkspaceError(
                .filesMissing,
                "\(file.path) is a source of fine detail and cannot be read; restore it, or convert with --source-detail 0",
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
    /// Samples the picture through a map from new to old pixels; crops it without resampling if the map is a shift by whole
    /// pixels.
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

/// A part of the face that takes its detail from frames selected separately.
enum FacePart: CaseIterable {
    case eyes, mouth, skin

    /// Weight of a measure when frames are compared for this part.
    func weight(of measure: String) -> Float {
        let weight = Self.weightOfAll(measure)
        switch (self, FaceMeasures.region(of: measure)) {
        case (_, .turn), (.eyes, .eyes), (.mouth, .mouth): return weight
        case (.skin, _): return 0.3 * weight
        default: return 0
        }
    }

    /// The same for the whole face. A turn of the head moves all of it.
    static func weightOfAll(_ measure: String) -> Float {
        FaceMeasures.region(of: measure) == .turn ? 3 : FaceMeasures.weight(of: measure)
    }

    /// Mask of each part of the face, 0…1 with a sum of at most 1, in the order of `allCases`; zero outside the face.
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
