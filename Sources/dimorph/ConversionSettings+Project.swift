import Swapping
import Workspace

extension ConversionSettings {
    /// As the project's settings say; what they leave open as Swapping knows best.
    init(_ project: SwappingSettings) {
        var composite = CompositeSettings()
        composite.mask = CompositeSettings.Mask(rawValue: project.mask) ?? composite.mask
        composite.erosion = project.inset
        composite.feather = project.feather
        composite.sharpening = project.sharpening
        switch project.colour {
        case "none": composite.colour = .none
        case "statistics": composite.colour = .statistics(ColourMatch())
        default: break
        }
        self.init(composite: composite, smoothing: project.smoothing)
    }
}
