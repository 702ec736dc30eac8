import Architectures
import Tensors

/// Noise on the latent code, and dropout of its learned or measured part as a whole or of single measures.
///
/// A decoder must draw from expression features alone, since another person's learned latent is outside of the
/// distribution that it was trained on.
struct LatentDropout {
    private let settings: CodeSettings

    init(_ settings: CodeSettings) { self.settings = settings }

    /// What is drawn for a batch: noise and factors of the two parts.
    struct Draw {
        fileprivate let noise: (learned: StepBuffer.Slot, measured: StepBuffer.Slot)
        /// `[N, 1]` and `[N, M]`, 0 or 1.
        fileprivate let kept: (learned: StepBuffer.Slot, measured: StepBuffer.Slot)
    }

    /// - Parameters:
    ///   - widths: numbers in the learned and in the measured part.
    ///   - rows: those of the batch's faces that this process takes.
    ///   - count: faces of the whole batch, for all of which random numbers are drawn.
    func draw(
        _ widths: (learned: Int, measured: Int), rows: [Int], of count: Int, numbers: inout RandomNumbers,
        in buffer: inout StepBuffer
    ) -> Draw {
        let (width, measures) = widths
        let noise = (0..<count * width).map { _ in Float(numbers.normal() * settings.noise) }
        let shake = (0..<count * measures).map { _ in Float(numbers.normal() * settings.measuredNoise) }
        var (keepLearned, keepMeasured) = ([Float](), [Float]())
        for _ in 0..<count {
            let chance = numbers.uniform()
            keepLearned.append(chance < settings.learnedDropout ? 0 : 1)
            let kept: Float = chance >= 1 - settings.measuredDropout ? 0 : 1
            for _ in 0..<measures {
                keepMeasured.append(numbers.uniform() < settings.measureDropout ? 0 : kept)
            }
        }
        func own(_ values: [Float], _ width: Int) -> StepBuffer.Slot {
            buffer.add(
                rows.flatMap { values[$0 * width..<($0 + 1) * width] }, shape: [rows.count, width])
        }
        return Draw(
            noise: (own(noise, width), own(shake, measures)),
            kept: (own(keepLearned, 1), own(keepMeasured, measures)))
    }

    /// Shapes: learned `[N, L]`, measured `[N, M]`.
    func applied(
        to code: (learned: Tensor, measured: Tensor), _ draw: Draw, _ buffer: StepBuffer.Uploaded
    ) throws -> LatentCode {
        LatentCode(
            learned: try (code.learned + buffer(draw.noise.learned)) * buffer(draw.kept.learned),
            measured: try (code.measured + buffer(draw.noise.measured)) * buffer(draw.kept.measured))
    }
}
