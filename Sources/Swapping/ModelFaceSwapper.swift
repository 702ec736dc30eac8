import Architectures
import Faces
import Foundation
import Pictures
import Tensors

/// A trained model as a face swapper: draws the source's face as the target looks and moves.
package final class ModelFaceSwapper: FaceSwapper {
    package let card: ModelCard
    package let crop: CropKind
    private let model: SwapModel
    private let from: Int
    private let to: Int
    private let morph: Double

    /// - Parameters:
    ///   - url: a model file, or a checkpoint.
    ///   - source: the person who is drawn, by the name of the face set; the model's first person when nil.
    ///   - target: the person in the video; the model's second person when nil.
    ///   - morph: how much of the source a face takes, 0…1; only AMP tells the difference.
    package init(
        model url: URL, source: String? = nil, target: String? = nil, morph: Double = 1, device: Device
    ) throws {
        self.morph = morph
        let model = try SwapModel(url, device: device)
        self.model = model
        card = model.card
        guard let crop = CropKind(rawValue: card.crop), card.measures == FaceMeasures.names,
            !card.people.isEmpty
        else {
            throw ModelError(
                .unknown,
                "\(url.path) was trained on crops or measures that this Dimorph does not know; train anew")
        }
        self.crop = crop
        to = try source.map { try model.person($0) } ?? 0
        from = try target.map { try model.person($0) } ?? min(1, card.people.count - 1)
    }

    package var size: Int { model.size }

    /// Whether the network draws masks; where not, its masks are the whole crop.
    package var drawsMask: Bool { model.drawsMask }

    /// Name of the person whose face is replaced.
    package var target: String { card.people[from].name }

    package func swap(_ requests: [SwapRequest]) throws -> [SwappedFace] {
        guard !requests.isEmpty else { return [] }
        let drawn = try model.swap(
            faces: requests.flatMap(\.crop.pixels), measures: requests.map { measures($0).values },
            from: from, to: to, morph: morph)
        let count = size * size
        return requests.indices.map { index in
            var pixels = [UInt8](repeating: 0, count: count * 3)
            var mask = Plane(width: size, height: size)
            for place in 0..<count {
                let base = (index * count + place) * 4
                for channel in 0..<3 { pixels[place * 3 + channel] = drawn[base + channel] }
                mask.values[place] = Float(drawn[base + 3]) / 255
            }
            return SwappedFace(face: Picture(width: size, height: size, pixels: pixels), mask: mask)
        }
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
