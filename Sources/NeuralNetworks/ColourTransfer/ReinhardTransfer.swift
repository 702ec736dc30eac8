import Tensors

/// Gives each channel of L*a*b* the other's mean and deviation (Reinhard, Ashikhmin, Gooch and Shirley, "Color
/// transfer between images", 2001; there in lαβ, here in CIE's space as is usual since).
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
