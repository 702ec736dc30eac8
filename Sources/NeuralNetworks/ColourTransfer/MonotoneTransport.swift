import Tensors

/// Batched monotone maps between one-dimensional distributions: T = F_t⁻¹ ∘ F_s.
///
/// Both distribution functions are tabulated from −4 to 4 of their own standard deviations, without sorting
/// or searching: a table is a product with the samples' weights, the inverse of a piecewise linear function a
/// sum of clamped ramps, and the map is evaluated with `grid_sample`, so that nothing waits for the device.
struct MonotoneTransport {
    static let points = 64
    private static let reach = 4.0
    private static var step: Double { 2 * reach / Double(points - 1) }
    /// Weight of a uniform distribution mixed into both: outside the samples the map continues linearly.
    private static let spread = 0.02

    private let old, new: (mean: Tensor, deviation: Tensor)
    /// `[N·D, 1, 1, points]`: the target's value at each of the source's points, in standard deviations.
    private let table: Tensor

    /// Shapes: samples of D values, `[N, D, S]`.
    init(from source: ColourSample, to target: ColourSample) throws {
        old = try source.moments()
        new = try target.moments()
        let from = try Self.distribution(source, old)
        let to = try Self.distribution(target, new)
        let last = Self.points - 1
        let (low, high) = (try to.slice(0..<last, axis: 2), try to.slice(1..<last + 1, axis: 2))
        let ramps = try (from - low.permuted(0, 1, 3, 2)) / ((high - low).permuted(0, 1, 3, 2) + 1e-7)
        let inverse = try ramps.clamped(0...1).sum(3) * Self.step - Self.reach
        table = try inverse.reshaped(-1, 1, 1, Self.points)
    }

    /// Shapes: `[N, D, P]` → `[N, D, P]`.
    func callAsFunction(_ values: Tensor) throws -> Tensor {
        let (count, axes, length) = (values.shape[0], values.shape[1], values.shape[2])
        let z = try (values - old.mean) / old.deviation
        let inside = try z.clamped(-Self.reach...Self.reach)
        // Sampling coordinates: −1…1 from edge to edge, with a table's point at the centre of its cell.
        let places = Double(Self.points)
        let x = try ((inside + Self.reach) * (2 / (Self.step * places)) + (1 / places - 1)).reshaped(
            count * axes, 1, length, 1)
        let read = try gridSample(table, grid: concatenated([x, x * 0], axis: 3), outside: .nearestEdge)
        let moved = try read.reshaped(count, axes, length) + (z - inside)
        return try moved * new.deviation + new.mean
    }

    /// Cumulative distribution at each point, `[N, D, points, 1]`; a value is spread uniformly from half a
    /// step below it to half a step above it.
    private static func distribution(
        _ sample: ColourSample, _ moments: (mean: Tensor, deviation: Tensor)
    ) throws -> Tensor {
        let (count, axes, length) = (sample.pixels.shape[0], sample.pixels.shape[1], sample.pixels.shape[2])
        let z = try ((sample.pixels - moments.mean) / moments.deviation).clamped(-reach...reach)
        let device = sample.pixels.device
        let marks = try Tensor(
            (0..<points).map { Float(Double($0) - reach / step + 0.5) }, shape: [points, 1], device: device)
        let below = try (marks - z.reshaped(count, axes, 1, length) / step).clamped(0...1)
        let share = try matmul(below, sample.weights.reshaped(count, 1, length, 1))
        let even = try Tensor(
            (0..<points).map { Float(spread * Double($0) / Double(points - 1)) }, shape: [points, 1],
            device: device)
        return try share * (1 - spread) + even
    }
}
