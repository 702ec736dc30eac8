import Architectures
import Faces
import Foundation
import Pictures
import Tensors
import Workspace

/// A trained model as a face swapper: generates the source's face with the target's expression and pose.
package final class ModelFaceSwapper: FaceSwapper {
    package let card: ModelCard
    package let crop: CropKind
    private let model: SwapModel
    private let from: Int
    private let to: Int
    private let morph: Double
    private let redraws: Bool
    private let file: Fingerprint
    /// Detail of the source that the network loses; `nil` for none.
    private var frames: SourceFrames?
    private var framesFingerprint = ""

    /// - Parameters:
    ///   - url: a model file or a checkpoint.
    ///   - source: name of the face set of the person to generate; the model's first person if `nil`.
    ///   - target: the person in the video; the model's second person if `nil`.
    ///   - morph: share of the source in the face, 0…1; only AMP supports it.
    ///   - redraws: whether the target's own face is reconstructed too (`SwappedFace.own`).
    package init(
        model url: URL, source: String? = nil, target: String? = nil, morph: Double = 1,
        redraws: Bool = false, device: Device
    ) throws {
        (self.morph, self.redraws) = (morph, redraws)
        let model = try SwapModel(url, device: device)
        self.model = model
        card = model.card
        guard let crop = CropKind(rawValue: card.crop), FaceMeasures.supports(card.measures),
            !card.people.isEmpty
        else {
            throw ModelError(
                .unknown,
                "\(url.path) uses crops or measures that this version of Dimorph does not support; train a new model"
            )
        }
        self.crop = crop
        (to, from) = try Self.people(of: model, source, target)
        file = try Fingerprint(of: url)
    }

    /// The same model for another pair of people.
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

    /// Enables fine detail from the source's own frames (`DetailLayer`), from its set in a workspace.
    ///
    /// - Throws: if the set exists but its crops or its packed copy are missing or unreadable: a conversion that was
    ///   started with detail must not be resumed without it.
    /// - Returns: the reason for missing detail, as a text for the user; `nil` if detail is available.
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

    /// Whether the network generates masks; otherwise its masks cover the whole crop.
    package var drawsMask: Bool { model.drawsMask }

    /// Name of the person whose face is generated.
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
        for (index, request) in requests.enumerated()
        where DetailLayer.isVisible(step: request.overlayTransform.scale) {
            drawn[index].detail = try frames.detail(
                of: drawn[index].face,
                relative: model.reachable(measures[index], from: from, to: to), share: Float(min(1, morph)),
                parts: FacePart.planes(
                    landmarks: request.face.landmarks,
                    transform: request.face.alignment.crop(crop, size: shapeSide), size: shapeSide))
        }
        return drawn
    }

    /// One of the model's output pictures, `[N, R, R, 4]`.
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

    /// The face's measures, smoothed over its neighbours in the track as in training.
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
