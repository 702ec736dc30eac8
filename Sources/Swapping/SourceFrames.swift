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
/// nothing but that face, and changes smoothly with what it shows: nothing pops, and a part of a video that is made again is the
/// same.
final class SourceFrames {
    /// Draws the person by a crop of the person's own and its measures.
    typealias Draw = (Picture, [Float]) throws -> Picture

    private struct Candidate {
        /// Its place in the packed set, and its crop's file.
        let index: Int
        let file: URL
        let measures: [Float]
        /// The same relative to the person.
        let relative: [Float]
    }

    /// Sides of what the network draws, and of the crops that detail is taken from.
    private let side: Int
    private let size: Int
    private let packed: PackedSet
    private let candidates: [Candidate]
    private let draw: Draw
    /// Pixels of the crops that detail is taken from → pixels of the crops' files, and of what the network draws → pixels of the
    /// packed pictures.
    private let fileMap, packedMap: AffineMap
    /// Of the candidates that were asked for; no exemplar where the file cannot be read.
    private var sketches: [Int: FaceSketch] = [:]
    private var exemplars: [Int: FaceExemplar?] = [:]
    /// What a distance in each measure counts, for each part of a face.
    private let weights: [[Float]]

    /// Faces that are kept of a set.
    private static let most = 160
    /// Of these, how many are looked at for a part of a drawn face.
    private static let near = 16
    /// How much farther than the nearest face one may be that still has a say.
    private static let reach: Float = 0.08
    /// Faces less sharp than this share of the set's median are left out.
    private static let leastSharpness = 0.5
    /// Crops that are less than this much larger than the network's hold no detail that it lacks.
    private static let leastGain = 1.2
    private static let mostSize = 1024

    /// - Parameters:
    ///   - crop, side: what the network draws.
    ///   - names: the measures that the network takes.
    ///   - relative: takes off what is neutral for the person.
    /// - Throws: `WorkspaceError` where the set cannot be read.
    /// - Returns: nil where its crops are hardly larger than what the network draws.
    init?(
        of set: String, in workspace: Workspace, crop: CropKind, side: Int, names: [String],
        relative: ([Float]) -> [Float], draw: @escaping Draw
    ) throws {
        guard let settings = try workspace.index.set(set)?.settings else {
            throw WorkspaceError(.notFound, "there is no set '\(set)' in \(workspace.folder.path)")
        }
        let stored = settings.crop.transform(size: settings.cropSize, margin: settings.cropMargin)
        let growth = stored.scale / crop.transform(size: side).scale
        guard growth >= Self.leastGain else { return nil }
        size = min(Self.mostSize, Int((growth * Double(side)).rounded()))
        (self.side, self.draw) = (side, draw)
        weights = FacePart.allCases.map { part in names.map(part.weight(of:)) }

        let packed = try PackedSet(mapping: workspace.packed(set: set))
        self.packed = packed
        let measures = try packed.measures().map { $0.values(named: names) }
        func column(_ name: String) throws -> [Int32] { try packed.file.values(name, as: Int32.self) }
        let (clips, frames, tracks) = (try column("clip"), try column("frame"), try column("track"))
        let chosen = farthestFirst(measures, weights: names.map(FacePart.weightOfAll(_:)), most: Self.most)
        let faces = try chosen.compactMap { index -> (record: FaceRecord, index: Int)? in
            let frame = Int(frames[index])
            return try workspace.index.faces(set: set, clip: Int64(clips[index]), frames: frame..<frame + 1)
                .first { $0.face.track == Int(tracks[index]) && $0.cropFile != nil }
                .map { ($0, index) }
        }
        let sharpness = faces.compactMap(\.record.quality?.sharpness).sorted()
        let least = sharpness.isEmpty ? 0 : Self.leastSharpness * sharpness[sharpness.count / 2]
        fileMap = AffineMap(crop.transform(size: size).inverse.then(stored))
        packedMap = AffineMap(
            crop.transform(size: side).inverse
                .then(packed.crop.transform(size: packed.size, margin: packed.margin)))
        candidates = try faces.filter { ($0.record.quality?.sharpness ?? .infinity) >= least }.map { face in
            Candidate(
                index: face.index, file: try workspace.file(face.record.cropFile ?? "", ofSet: set),
                measures: measures[face.index],
                relative: relative(measures[face.index]))
        }
        guard !candidates.isEmpty else { return nil }
    }

    /// The detail of a drawn face; nil where no frame is near.
    ///
    /// - Parameters:
    ///   - drawing: the face as the network drew it.
    ///   - relative: the measures by which it was drawn.
    ///   - parts: where the drawing shows each part, 0…1, of the drawing's size.
    func detail(of drawing: Picture, relative: [Float], parts: [Plane]) throws -> DetailLayer? {
        let look = FaceLook(drawing.luma.withoutLight)
        var wanted: [Int: Plane] = [:]
        for (part, plane) in parts.enumerated() {
            let distances = candidates.map { squaredDistance($0.relative, relative, weights[part]) }
            let nearest = distances.indices.sorted { distances[$0] < distances[$1] }.prefix(Self.near)
            let small = plane.resized(width: FaceLook.size, height: FaceLook.size)
            let seen = try nearest.map { index in
                (index, try sketch(index).look.distance(to: look, weights: small))
            }
            for (index, share) in Self.shares(seen) {
                let own = Plane(
                    width: plane.width, height: plane.height, values: plane.values.map { $0 * share })
                wanted[index] = wanted[index]?.combined(with: own, +) ?? own
            }
        }
        let layers = try wanted.sorted { $0.key < $1.key }.compactMap { index, weight in
            try exemplar(index).map { DetailLayer.Part(exemplar: $0, weight: weight) }
        }
        return layers.isEmpty ? nil : DetailLayer(layers)
    }

    /// What each of the nearest has to say, two at most; together 1. Goes to 0 before another takes its place.
    static func shares(_ distances: [(index: Int, distance: Float)]) -> [(index: Int, share: Float)] {
        guard let nearest = distances.map(\.distance).min() else { return [] }
        let raw = distances.map { entry -> (index: Int, share: Float) in
            let beyond = (entry.distance + 0.5) / (nearest + 0.5) - 1
            let part = max(0, 1 - beyond / reach)
            return (entry.index, part * part)
        }.sorted { ($0.share, $1.index) > ($1.share, $0.index) }
        let rest = raw.count > 2 ? raw[2].share : 0
        let kept = raw.prefix(2).map { ($0.index, $0.share - rest) }.filter { $0.1 > 0 }
        // Three that are as near as each other.
        guard !kept.isEmpty else { return raw.prefix(1).map { ($0.index, 1) } }
        let total = kept.reduce(0) { $0 + $1.1 }
        return kept.map { ($0.0, $0.1 / total) }
    }

    private func sketch(_ index: Int) throws -> FaceSketch {
        if let known = sketches[index] { return known }
        let candidate = candidates[index]
        let crop = try packed.picture(candidate.index).square(side, through: packedMap)
        // One by one, that a drawing does not depend on what else is drawn beside it.
        let made = FaceSketch(of: crop, drawing: try draw(crop, candidate.measures))
        sketches[index] = made
        return made
    }

    private func exemplar(_ index: Int) throws -> FaceExemplar? {
        if let known = exemplars[index] { return known }
        // Files may go while a conversion runs; a face without its detail is still that face.
        let made = try (try? PictureFile.read(candidates[index].file)).map { picture in
            FaceExemplar(try sketch(index), frame: picture.square(size, through: fileMap))
        }
        exemplars[index] = .some(made)
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
        let eyes = soft(FaceMask.eyes(landmarks: landmarks, transform: transform, size: size))
        let mouth = soft(FaceMask.mouth(landmarks: landmarks, transform: transform, size: size))
            .combined(with: eyes) { $0 * (1 - $1) }
        let face = FaceMask.plane(landmarks: landmarks, transform: transform, size: size)
            .dilated(radius: 0.05 * width)
        let skin = face.combined(with: eyes.combined(with: mouth, +)) { $0 * max(0, 1 - $1) }
        return [eyes, mouth, skin]
    }
}
