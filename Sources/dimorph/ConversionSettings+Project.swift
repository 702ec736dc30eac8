import Swapping
import Workspace

extension ConversionSettings {
    init(_ project: SwappingSettings) {
        self.init(smoothing: project.smoothing)
        composite.feather = project.feather
        composite.erosion = project.inset
    }
}
