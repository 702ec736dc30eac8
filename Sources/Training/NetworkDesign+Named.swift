import Architectures

extension NetworkDesign {
    /// Any network of a name as people type it: those of the family `dimorph`, and what `init(fieldName:…)` knows.
    package init(named name: String, resolution: Int? = nil, widths: [String: Int] = [:]) throws {
        guard name.lowercased() == "dimorph-s" else {
            self = try NetworkDesign(fieldName: name, resolution: resolution, widths: widths)
            return
        }
        var settings = HybridSettings.small
        if let resolution {
            guard resolution % 32 == 0, resolution > 0 else {
                throw ModelError(
                    .unsuitable,
                    "\(name) cannot have \(resolution) px: its resolution is a multiple of 32")
            }
            (settings.resolution, settings.encoderResolution) = (resolution, resolution / 2)
        }
        if let width = widths.keys.sorted().first {
            throw ModelError(.unknown, "\(name) has no width '\(width)': its widths are not to be chosen")
        }
        self = .hybrid(settings)
    }
}
