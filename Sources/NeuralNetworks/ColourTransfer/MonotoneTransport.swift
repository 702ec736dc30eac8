import Tensors

/// The rising maps that bring one-dimensional distributions to others, many at once: T = F_t⁻¹ ∘ F_s.
///
/// Both distribution functions are tabled at points from −4 to 4 of their own deviations. There is neither sorting nor
/// searching: a table is a product with the samples' weights, the inverse of a piecewise straight function a sum of
/// clamped ramps, and the map is read by the picture sampler, so that nothing waits for the device.
struct MonotoneTransport {
    static let points = 64
    private static let reach = 4.0
    private static var step: Double { 2 * reach / Double(points - 1) }
    /// Share of an even distribution in both: beyond the samples the map goes on straight, without a jump.
    private static let spread = 0.02

    private let old, new: (mean: Tensor, deviation: Tensor)
    /// `[N·D, 1, 1, points]`: the target's value at each of the source's points, in deviations.
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
        // The sampler's positions: −1…1 from edge to edge, a table's point in the middle of its place.
        let places = Double(Self.points)
        let x = try ((inside + Self.reach) * (2 / (Self.step * places)) + (1 / places - 1)).reshaped(
            count * axes, 1, length, 1)
        let read = try gridSample(table, grid: concatenated([x, x * 0], axis: 3), outside: .nearestEdge)
        let moved = try read.reshaped(count, axes, length) + (z - inside)
        return try moved * new.deviation + new.mean
    }

    /// The share of a sample below each point, `[N, D, points, 1]`; a value counts from half a step before it to
    /// half a step behind it.
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
