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
        composite.colourStrength = project.colourStrength
        composite.keepsOcclusion = project.occlusion
        switch project.colour {
        case "none": composite.colour = .none
        case "seamless": composite.colour = .seamless(reach: nil)
        case "edge": composite.colour = .seamless(reach: 0.15)
        case "rct", "statistics": composite.colour = .statistics(ColourMatch())
        case "lct": composite.colour = .linear(.lct)
        case "mkl": composite.colour = .linear(.mkl)
        case "histogram": composite.colour = .histogram
        default: break
        }
        self.init(composite: composite, smoothing: project.smoothing)
    }
}
