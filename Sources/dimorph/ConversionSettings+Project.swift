import Swapping
import Workspace

extension ConversionSettings {
    /// As the project's settings say.
    init(_ project: SwappingSettings) {
        let composite = CompositeSettings(
            mask: CompositeSettings.Mask(rawValue: project.mask) ?? .product, erosion: project.inset,
            feather: project.feather, colour: project.matchColour ? CompositeSettings().colour : .none,
            sharpening: project.sharpening)
        self.init(composite: composite, smoothing: project.smoothing)
    }
}
