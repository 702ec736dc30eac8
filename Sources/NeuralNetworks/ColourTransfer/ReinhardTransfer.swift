import Tensors

/// Matches the mean and standard deviation of each L*a*b* channel (Reinhard, Ashikhmin, Gooch and Shirley,
/// "Color transfer between images", 2001, in lαβ; here in CIE L*a*b*, as is usual today).
///
/// Shapes: pixels `[N, 3, P]` → `[N, 3, P]`.
package func reinhardTransfer(
    _ pixels: Tensor, from source: ColourSample, to target: ColourSample
) throws -> Tensor {
    func lab(_ sample: ColourSample) throws -> ColourSample {
        ColourSample(pixels: try LabColours.lab(sample.pixels), weights: sample.weights)
    }
    let (old, new) = (try lab(source).moments(), try lab(target).moments())
    let moved = try (LabColours.lab(pixels) - old.mean) * (new.deviation / old.deviation) + new.mean
    return try LabColours.colours(moved)
}
