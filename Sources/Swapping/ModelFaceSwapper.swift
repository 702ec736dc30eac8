import Architectures
import Faces
import Foundation
import Pictures
import Tensors
import Workspace

/// A trained model as a face swapper: draws the source's face as the target looks and moves.
package final class ModelFaceSwapper: FaceSwapper {
    package let card: ModelCard
    package let crop: CropKind
    private let model: SwapModel
    private let from: Int
    private let to: Int
    private let morph: Double
    private let redraws: Bool
    private let file: Fingerprint
    /// What the network loses of the source; nil for nothing.
    private var frames: SourceFrames?
    private var framesFingerprint = ""

    /// - Parameters:
    ///   - url: a model file, or a checkpoint.
    ///   - source: the person who is drawn, by the name of the face set; the model's first person when nil.
    ///   - target: the person in the video; the model's second person when nil.
    ///   - morph: how much of the source a face takes, 0…1; only AMP tells the difference.
    ///   - redraws: whether the target's own face is drawn too (`SwappedFace.own`).
    package init(
        model url: URL, source: String? = nil, target: String? = nil, morph: Double = 1,
        redraws: Bool = false, device: Device
    ) throws {
        (self.morph, self.redraws) = (morph, redraws)
        let model = try SwapModel(url, device: device)
        self.model = model
        card = model.card
        guard let crop = CropKind(rawValue: card.crop), FaceMeasures.knows(card.measures),
            !card.people.isEmpty
        else {
            throw ModelError(
                .unknown,
                "\(url.path) was trained on crops or measures that this Dimorph does not know; train anew")
        }
        self.crop = crop
        (to, from) = try Self.people(of: model, source, target)
        file = try Fingerprint(of: url)
    }

    /// The same model for other people.
    package init(sharing other: ModelFaceSwapper, source: String?, target: String?) throws {
        (model, card, crop, file) = (other.model, other.card, other.crop, other.file)
        (morph, redraws) = (other.morph, other.redraws)
        (to, from) = try Self.people(of: model, source, target)
    }

    private static func people(of model: SwapModel, _ source: String?, _ target: String?) throws -> (
        to: Int, from: Int
    ) {
        (
            try source.map { try model.person($0) } ?? 0,
            try target.map { try model.person($0) } ?? min(1, model.card.people.count - 1)
        )
    }

    package var fingerprint: String {
        "\(file.hash) \(card.iterations) \(from) \(to) \(morph) \(redraws)\(framesFingerprint)"
    }

    /// Lets drawn faces have the fine detail of the source's own frames (`DetailLayer`), from its set in a workspace.
    ///
    /// - Throws: where the set is there and its crops or its packed copy are not, or cannot be read: a conversion that was begun with
    ///   detail is not to be gone on with without.
    /// - Returns: why there is no detail, as words for the user; nil where there is.
    package func takeDetail(from workspace: Workspace) throws -> String? {
        guard morph > 0 else { return nil }
        let found = try SourceFrames.find(
            of: source, in: workspace, crop: crop, side: size, names: card.measures,
            relative: card.people[to].relative
        ) { [model, to] picture, measures in
            Self.picture(
                try model.swap(faces: picture.pixels, measures: [measures], from: to, to: to), 0,
                size: model.size
            ).colours
        }
        switch found {
        case .success(let found):
            (frames, framesFingerprint) = (found, " \(found.fingerprint)")
            return nil
        case .failure(let none): return none.reason
        }
    }

    package var size: Int { model.size }

    /// Whether the network draws masks; where not, its masks are the whole crop.
    package var drawsMask: Bool { model.drawsMask }

    /// Name of the person who is drawn.
    package var source: String { card.people[to].name }

    /// Name of the person whose face is replaced.
    package var target: String { card.people[from].name }

    package func swap(_ requests: [SwapRequest]) throws -> [SwappedFace] {
        guard !requests.isEmpty else { return [] }
        let (faces, measures) = (
            requests.flatMap(\.crop.pixels), requests.map { self.measures($0).values(named: card.measures) }
        )
        var drawn: [SwappedFace]
        if redraws {
            let both = try model.swapAndRedraw(
                faces: faces, measures: measures, from: from, to: to, morph: morph)
            drawn = requests.indices.map {
                let swapped = Self.picture(both.swapped, $0, size: size)
                return SwappedFace(
                    face: swapped.colours, mask: swapped.mask,
                    own: Self.picture(both.own, $0, size: size).colours)
            }
        } else {
            let pixels = try model.swap(faces: faces, measures: measures, from: from, to: to, morph: morph)
            drawn = requests.indices.map { Self.picture(pixels, $0, size: size) }.map {
                SwappedFace(face: $0.colours, mask: $0.mask)
            }
        }
        guard let frames else { return drawn }
        let shapeSide = Plane.shapeSide(of: size)
        for (index, request) in requests.enumerated() where DetailLayer.isSeen(step: request.laying.scale) {
            drawn[index].detail = try frames.detail(
                of: drawn[index].face,
                relative: model.reachable(measures[index], from: from, to: to), share: Float(min(1, morph)),
                parts: FacePart.planes(
                    landmarks: request.face.landmarks,
                    transform: request.face.alignment.crop(crop, size: shapeSide), size: shapeSide))
        }
        return drawn
    }

    /// One of the pictures that the model drew, `[N, R, R, 4]`.
    private static func picture(_ drawn: [UInt8], _ index: Int, size: Int) -> (colours: Picture, mask: Plane)
    {
        let count = size * size
        var pixels = [UInt8](repeating: 0, count: count * 3)
        var mask = Plane(width: size, height: size)
        for place in 0..<count {
            let base = (index * count + place) * 4
            for channel in 0..<3 { pixels[place * 3 + channel] = drawn[base + channel] }
            mask.values[place] = Float(drawn[base + 3]) / 255
        }
        return (Picture(width: size, height: size, pixels: pixels), mask)
    }

    /// The face's measures, steadied by its neighbours in the track as they were for training.
    private func measures(_ request: SwapRequest) -> FaceMeasures {
        func measured(_ face: ObservedFace) -> FaceMeasures {
            FaceMeasures(landmarks: face.landmarks, expression: face.expression)
        }
        let near = request.neighbours.filter { abs($0.frame - request.frame) <= 2 }
        guard let index = near.firstIndex(where: { $0.frame == request.frame }) else {
            return measured(request.face)
        }
        return FaceMeasures.smoothed(near.map { measured($0.face) }, frames: near.map(\.frame))[index]
    }
}
