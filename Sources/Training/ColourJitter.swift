import Foundation
import NeuralNetworks
import Tensors

/// Changes the colours of whole faces at random: light and skin are not what a code should hold.
struct ColourJitter {
    private let settings: AugmentationSettings
    private let device: Device
    private var gains: [Float] = []
    private var offsets: [Float] = []
    private var matrices: [Float] = []
    private var labGains: [Float] = []
    private var labOffsets: [Float] = []

    init(_ settings: AugmentationSettings, device: Device) {
        (self.settings, self.device) = (settings, device)
    }

    private var changesHue: Bool { settings.hue > 0 || settings.saturation > 0 || settings.value > 0 }
    private var changesLab: Bool { settings.lightness > 0 || settings.tint > 0 }

    /// Draws what happens to one more face.
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

    /// Draws what happens to a face that another process takes.
    func pass(_ numbers: inout RandomNumbers) {
        var unused = ColourJitter(settings, device: device)
        unused.add(&numbers)
    }

    /// Hue, saturation and value, then L*a*b*. Shapes: `[N, 3, H, W]` in 0…1 → the same.
    func tinted(_ pictures: Tensor) throws -> Tensor {
        guard changesHue || changesLab else { return pictures }
        let count = pictures.shape[0]
        var colours = try pictures.reshaped(count, 3, -1)
        if changesHue {
            colours = try matmul(Tensor(matrices, shape: [count, 3, 3], device: device), colours).clamped(
                0...1)
        }
        if changesLab {
            let gain = try Tensor(labGains, shape: [count, 3, 1], device: device)
            let offset = try Tensor(labOffsets, shape: [count, 3, 1], device: device)
            colours = try LabColours.colours(LabColours.lab(colours) * gain + offset).clamped(0...1)
        }
        return try colours.reshaped(pictures.shape)
    }

    /// Gain and offset of each channel. Shapes: `[N, 3, H, W]` → the same, in 0…1.
    func scaled(_ pictures: Tensor) throws -> Tensor {
        let gain = try Tensor(gains, shape: [gains.count / 3, 3, 1, 1], device: device)
        let offset = try Tensor(offsets, shape: [offsets.count / 3, 3, 1, 1], device: device)
        return try (pictures * gain + offset).clamped(0...1)
    }

    /// A turn of the colours about the axis of greys, and a stretch away from it: hue, saturation and value as one
    /// matrix (Karras et al., "Training generative adversarial networks with limited data", 2020, appendix B), where
    /// HSV proper would need to choose between six cases a pixel.
    static func matrix(turn: Double, saturation: Double, value: Double) -> [Float] {
        let (cosine, sine, axis) = (cos(turn), sin(turn), 1 / 3.0.squareRoot())
        let cross = [0, -axis, axis, axis, 0, -axis, -axis, axis, 0]
        return (0..<9).map { place in
            let colour = (place % 4 == 0 ? 1.0 : 0) - 1.0 / 3
            return Float(value * (1.0 / 3 + saturation * (cosine * colour + sine * cross[place])))
        }
    }
}
