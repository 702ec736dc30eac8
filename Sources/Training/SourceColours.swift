import NeuralNetworks
import Tensors

/// Transfers the target's colours to the source's faces while training, each from a randomly drawn target
/// face. The decoder then learns the source in the target's lighting, which reduces the colour error of the
/// swap.
struct SourceColours {
    private let transfer: ColourTransfer
    private let side: Int
    /// Approximate side to which pictures are reduced for their colour statistics.
    static let sampled = 24

    /// - Parameter side: side of the decoder's crop.
    init(_ transfer: ColourTransfer, side: Int) { (self.transfer, self.side) = (transfer, side) }

    /// Random values of a batch: a target face for each of the source's, and the directions of the transfer.
    struct Draw {
        fileprivate let chosen: StepBuffer.IndexSlot
        fileprivate let directions: [StepBuffer.Slot]
    }

    /// - Returns: `nil` if no colours are transferred.
    func draw(
        _ count: Int, choices: Int, numbers: inout RandomNumbers, in buffer: inout StepBuffer
    ) -> Draw? {
        guard transfer != .none else { return nil }
        let chosen = buffer.add(indices: (0..<count).map { _ in numbers.integer(below: choices) })
        let directions = transfer.directions(&numbers).map { buffer.add($0, shape: [$0.count / 3, 3]) }
        return Draw(chosen: chosen, directions: directions)
    }

    func callAsFunction(
        _ source: PersonFaces.Wide, towards target: PersonFaces.Wide, _ draw: Draw,
        _ buffer: StepBuffer.Uploaded
    ) throws -> PersonFaces.Wide {
        let (count, chosen) = (source.truth.shape[0], try buffer(draw.chosen))
        let other = try sample(target)
        let towards = try ColourSample(
            pixels: other.pixels.indexSelect(chosen), mask: other.mask.indexSelect(chosen))
        let own = try sample(source)
        let sharesPictures = source.input === source.truth
        let pictures = sharesPictures ? [source.input] : [source.input, source.truth]
        let moved = try transfer(
            concatenated(pictures.map { try $0.reshaped(count, 3, -1) }, axis: 2),
            from: ColourSample(pixels: own.pixels, mask: own.mask), to: towards,
            directions: draw.directions.map { try buffer($0) }
        ).clamped(0...1)
        var start = 0
        let results = try pictures.map { picture in
            let length = picture.shape[2] * picture.shape[3]
            defer { start += length }
            return try moved.slice(start..<start + length, axis: 2).reshaped(picture.shape)
        }
        return PersonFaces.Wide(
            input: results[0], truth: results[results.count - 1], regions: source.regions,
            measured: source.measured)
    }

    /// Downscaled crops and masks: `[N, 3, S]` and `[N, 1, S]`.
    private func sample(_ faces: PersonFaces.Wide) throws -> (pixels: Tensor, mask: Tensor) {
        let factor = Extent(max(1, side / Self.sampled))
        func small(_ pictures: Tensor) throws -> Tensor {
            try averagePool2d(
                PersonFaces.middle(pictures, side: side).contiguous(), kernel: factor, stride: factor
            ).reshaped(pictures.shape[0], pictures.shape[1], -1)
        }
        return (try small(faces.truth), try small(faces.regions.slice(0..<1, axis: 1)))
    }
}
