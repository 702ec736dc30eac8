import Foundation
import NeuralNetworks
import Tensors

/// Random colour changes of whole faces, so that the latent code does not encode lighting and skin colour.
struct ColourJitter {
    private let settings: AugmentationSettings
    private var gains: [Float] = []
    private var offsets: [Float] = []
    private var matrices: [Float] = []
    private var labGains: [Float] = []
    private var labOffsets: [Float] = []

    init(_ settings: AugmentationSettings) { self.settings = settings }

    private var changesHue: Bool { settings.hue > 0 || settings.saturation > 0 || settings.value > 0 }
    private var changesLab: Bool { settings.lightness > 0 || settings.tint > 0 }

    /// Draws the random values of one more face.
    mutating func add(_ numbers: inout RandomNumbers) {
        func even(_ reach: Double) -> Double { numbers.uniform(-reach...reach) }
        gains += (0..<3).map { _ in Float(1 + even(settings.gain)) }
        offsets += (0..<3).map { _ in Float(even(settings.offset)) }
        if changesHue {
            matrices += Self.matrix(
                turn: even(settings.hue) * .pi / 180, saturation: 1 + even(settings.saturation),
                value: 1 + even(settings.value))
        }
        if changesLab {
            labGains += [Float(1 + even(settings.lightness)), 1, 1]
            labOffsets += [0, Float(128 * even(settings.tint)), Float(128 * even(settings.tint))]
        }
    }

    /// Draws the random values of a face that another process uses.
    func pass(_ numbers: inout RandomNumbers) {
        var unused = ColourJitter(settings)
        unused.add(&numbers)
    }

    /// The transforms drawn so far, for a batch of the same number of faces.
    func slots(in buffer: inout StepBuffer) -> Slots {
        let count = gains.count / 3
        return Slots(
            gain: buffer.add(gains, shape: [count, 3, 1, 1]),
            offset: buffer.add(offsets, shape: [count, 3, 1, 1]),
            matrix: changesHue ? buffer.add(matrices, shape: [count, 3, 3]) : nil,
            lab: changesLab
                ? (
                    gain: buffer.add(labGains, shape: [count, 3, 1]),
                    offset: buffer.add(labOffsets, shape: [count, 3, 1])
                ) : nil)
    }

    struct Slots {
        fileprivate let gain: StepBuffer.Slot
        fileprivate let offset: StepBuffer.Slot
        fileprivate let matrix: StepBuffer.Slot?
        fileprivate let lab: (gain: StepBuffer.Slot, offset: StepBuffer.Slot)?
    }

    /// Transforms of a batch on the device.
    struct Batch {
        let slots: Slots
        let buffer: StepBuffer.Uploaded

        /// Applies hue, saturation and value, then L*a*b*. Shapes: `[N, 3, H, W]` in 0…1 → the same.
        func tinted(_ pictures: Tensor) throws -> Tensor {
            guard slots.matrix != nil || slots.lab != nil else { return pictures }
            var colours = try pictures.reshaped(pictures.shape[0], 3, -1)
            if let matrix = slots.matrix {
                colours = try matmul(buffer(matrix), colours).clamped(0...1)
            }
            if let lab = slots.lab {
                let changed = try LabColours.lab(colours) * buffer(lab.gain) + buffer(lab.offset)
                colours = try LabColours.colours(changed).clamped(0...1)
            }
            return try colours.reshaped(pictures.shape)
        }

        /// Applies a gain and an offset to each channel. Shapes: `[N, 3, H, W]` → the same, in 0…1.
        func scaled(_ pictures: Tensor) throws -> Tensor {
            try (pictures * buffer(slots.gain) + buffer(slots.offset)).clamped(0...1)
        }
    }

    /// Rotation of the colours about the grey axis, and scaling away from it: hue, saturation and value as
    /// one matrix (Karras et al., "Training generative adversarial networks with limited data", 2020,
    /// appendix B). True HSV would need a choice between six cases per pixel.
    static func matrix(turn: Double, saturation: Double, value: Double) -> [Float] {
        let (cosine, sine, axis) = (cos(turn), sin(turn), 1 / 3.0.squareRoot())
        let cross = [0, -axis, axis, axis, 0, -axis, -axis, axis, 0]
        return (0..<9).map { place in
            let colour = (place % 4 == 0 ? 1.0 : 0) - 1.0 / 3
            return Float(value * (1.0 / 3 + saturation * (cosine * colour + sine * cross[place])))
        }
    }
}
