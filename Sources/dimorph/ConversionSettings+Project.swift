import Swapping
import Workspace

extension ConversionSettings {
    /// Conversion settings from the project's settings; values left open have the defaults of Swapping.
    init(_ project: SwappingSettings) {
        var composite = CompositeSettings()
        composite.mask = CompositeSettings.Mask(rawValue: project.mask) ?? composite.mask
        composite.erosion = project.inset
        composite.feather = project.feather
        func given(_ width: Double) -> Double? { width < 0 ? nil : width }
        composite.featherSides = CompositeSettings.FeatherSides(
            forehead: given(project.featherForehead), cheeks: given(project.featherCheeks),
            chin: given(project.featherChin))
        composite.sharpening = project.sharpening
        composite.sourceDetail = project.sourceDetail
        (composite.detail, composite.grain) = (project.matchDetail, project.matchGrain)
        composite.compression = project.matchCompression
        if project.smoothing == 0 { composite.maskDeviation = 0 }
        (composite.motionBlur, composite.fade) = (project.motionBlur, project.fade)
        composite.scale = project.scale
        composite.colourStrength = project.colourStrength
        composite.keepsOcclusion = project.occlusion
        composite.kept = KeptPart.allCases.filter { project.keep.contains($0.rawValue) }
        switch project.colour {
        case "none": composite.colour = .none
        case "light": composite.colour = .light(reach: 0.29)
        case "seamless": composite.colour = .seamless(reach: nil)
        case "edge": composite.colour = .seamless(reach: 0.15)
        case "rct", "statistics": composite.colour = .statistics(ColourMatch())
        case "lct": composite.colour = .linear(.lct)
        case "mkl": composite.colour = .linear(.mkl)
        case "histogram": composite.colour = .histogram
        case "idt": composite.colour = .sliced(.idt)
        case "sot": composite.colour = .sliced(.sot)
        default: break
        }
        self.init(composite: composite, smoothing: project.smoothing)
    }
}
