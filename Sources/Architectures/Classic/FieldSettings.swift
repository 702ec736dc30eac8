/// Configurable sizes of the networks of DeepFaceLab, faceswap and the article.
protocol FieldSettings {
    var resolution: Int { get set }
    /// Multiple that the resolution must have, and its minimum in pixels.
    var step: Int { get }
    var leastResolution: Int { get }
    /// Widths by their command-line names.
    static var widths: [(name: String, path: WritableKeyPath<Self, Int>)] { get }
}

extension FieldSettings {
    var leastResolution: Int { step }

    /// The settings with another resolution and other widths, if given.
    func fitted(to resolution: Int?, widths: [String: Int], of name: String) throws -> Self {
        var settings = self
        if let resolution {
            guard resolution % step == 0, resolution >= leastResolution else {
                throw ModelError(
                    .unsuitable,
                    "\(name) cannot have \(resolution) px: its resolution is a multiple of \(step), \(leastResolution) or more"
                )
            }
            settings.resolution = resolution
        }
        for (key, value) in widths.sorted(by: { $0.key < $1.key }) {
            guard let width = Self.widths.first(where: { $0.name == key }) else {
                let known = Self.widths.map(\.name).joined(separator: ", ")
                throw ModelError(.unknown, "\(name) has no width '\(key)': there are \(known)")
            }
            guard value > 0, value % 2 == 0 || key == "code" else {
                throw ModelError(
                    .unsuitable,
                    "The width '\(key)' of \(name) cannot be \(value): take an even number, 2 or more")
            }
            settings[keyPath: width.path] = value
        }
        return settings
    }
}

extension ArticleSettings: FieldSettings {
    // With fewer pixels the poolings would leave no pixel.
    var leastResolution: Int { 48 }
    var step: Int { 8 }
    static var widths: [(name: String, path: WritableKeyPath<Self, Int>)] { [("encoder", \.channels)] }
}

extension OriginalSettings: FieldSettings {
    var step: Int { 16 }
    static var widths: [(name: String, path: WritableKeyPath<Self, Int>)] {
        [("code", \.code), ("encoder", \.channels)]
    }
}

extension DeepFaceLabSettings: FieldSettings {
    var step: Int { options.doubled ? 32 : 16 }
    static var widths: [(name: String, path: WritableKeyPath<Self, Int>)] {
        [("code", \.code), ("encoder", \.encoder), ("decoder", \.decoder), ("mask", \.mask)]
    }
}

extension AMPSettings: FieldSettings {
    var step: Int { 32 }
    static var widths: [(name: String, path: WritableKeyPath<Self, Int>)] {
        [
            ("code", \.code), ("inter", \.inter), ("encoder", \.encoder), ("decoder", \.decoder),
            ("mask", \.mask),
        ]
    }
}
