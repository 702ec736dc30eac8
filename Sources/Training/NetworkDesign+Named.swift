import Architectures

extension NetworkDesign {
    /// A network by its command-line name: the `dimorph` family, and the names that `init(fieldName:…)`
    /// accepts.
    package init(named name: String, resolution: Int? = nil, widths: [String: Int] = [:]) throws {
        var settings: HybridSettings
        switch name.lowercased() {
        case "dimorph-s": settings = .small
        case "dimorph-s-base": settings = .base
        case "dimorph-m": settings = .medium
        case "dimorph-l": settings = .large
        default:
            self = try NetworkDesign(fieldName: name, resolution: resolution, widths: widths).checked(
                as: name)
            return
        }
        if let resolution {
            // The encoder's side must be a multiple of 16.
            let shrinking = settings.refinementChannels == nil ? 2 : 4
            guard resolution % (16 * shrinking) == 0, resolution > 0 else {
                throw ModelError(
                    .unsuitable,
                    "\(name) cannot have \(resolution) px: its resolution is a multiple of \(16 * shrinking)")
            }
            (settings.resolution, settings.encoderResolution) = (resolution, resolution / shrinking)
        }
        if let width = widths.keys.sorted().first {
            throw ModelError(.unknown, "\(name) has no width '\(width)': its widths are not to be chosen")
        }
        self = try NetworkDesign.hybrid(settings).checked(as: name)
    }
}
