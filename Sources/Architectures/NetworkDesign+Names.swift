extension NetworkDesign {
    /// Designs of DeepFaceLab, faceswap and the article by name, case-insensitive: `article`, `original`,
    /// `quick96`, `df`, `df-ud`, `liae-udt`, `amp`. Option letters may be in any order.
    ///
    /// The `dimorph` family is named in Training, which defines the face measures.
    ///
    /// - Parameters:
    ///   - resolution: side of the faces in pixels; `nil` for the default.
    ///   - widths: channel numbers that differ from the defaults: `code`, `encoder`, `decoder`, `mask`,
    ///     `inter`.
    package init(fieldName name: String, resolution: Int? = nil, widths: [String: Int] = [:]) throws {
        let parts = name.lowercased().split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        switch (parts[0], parts.count) {
        case ("article", 1):
            self = .article(try ArticleSettings().fitted(to: resolution, widths: widths, of: name))
        case ("original", 1):
            self = .original(try OriginalSettings().fitted(to: resolution, widths: widths, of: name))
        case ("quick96", 1):
            guard resolution == nil || resolution == 96 else {
                throw ModelError(.unsuitable, "quick96 has 96 px: take df-ud for another resolution")
            }
            self = .df(try DeepFaceLabSettings.quick96.fitted(to: nil, widths: widths, of: name))
        case ("df", _), ("liae", _):
            let letters = parts.count > 1 ? parts[1] : ""
            guard let options = DeepFaceLabSettings.Options(letters: letters) else {
                throw ModelError(
                    .unknown,
                    "'\(letters)' are no options of \(parts[0]): there are u, d, t and c, each once, as in \(parts[0])-ud"
                )
            }
            let settings = try DeepFaceLabSettings(options: options)
                .fitted(to: resolution, widths: widths, of: name)
            self = parts[0] == "df" ? .df(settings) : .liae(settings)
        case ("amp", 1): self = .amp(try AMPSettings().fitted(to: resolution, widths: widths, of: name))
        default:
            throw ModelError(
                .unknown,
                "No architecture is called '\(name)': there are \(Self.names.joined(separator: ", "))")
        }
    }

    /// Names of all networks; df and liae with their most common options.
    package static let names = familyNames + fieldNames

    package static let familyNames = ["dimorph-s", "dimorph-m", "dimorph-l", "dimorph-s-base"]

    package static let fieldNames = [
        "article", "original", "quick96", "df", "df-ud", "df-udt", "liae", "liae-ud", "liae-udt", "amp",
    ]
}
