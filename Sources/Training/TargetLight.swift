import NeuralNetworks
import Tensors

/// Matches the lighting of reconstructed faces to the target, as a conversion does by default (`light`): adds
/// the low-frequency difference in L*a*b*. A preview without it would show a visible mask edge.
struct TargetLight {
    private let window: GaussianWindow

    /// Standard deviation of the window in fractions of the crop's side: 0.29 face widths for the `full`
    /// crop.
    private static let reach = 0.29 / 1.6

    init(side: Int, device: Device) throws {
        let sigma = Self.reach * Double(side)
        window = try GaussianWindow(
            height: side, width: side, window: 2 * Int((3 * sigma).rounded(.up)) + 1, sigma: sigma,
            device: device)
    }

    /// Shapes: faces and target `[N, 3, R, R]`, mask `[N, 1, R, R]` → `[N, 3, R, R]`, all 0…1.
    func applied(to faces: Tensor, of target: Tensor, mask: Tensor) throws -> Tensor {
        func lab(_ colours: Tensor) throws -> Tensor {
            try LabColours.lab(colours.contiguous().reshaped(colours.shape[0], 3, -1)).reshaped(faces.shape)
        }
        let own = try lab(faces)
        let spread = try window((lab(target) - own) * mask) / (window(mask) + 1e-3)
        return try LabColours.colours((own + spread).reshaped(faces.shape[0], 3, -1)).reshaped(faces.shape)
            .clamped(0...1)
    }
}
