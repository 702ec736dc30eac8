/// A part of the search, from the cheap and likely to the costly and rare; the first reading that counts ends it.
package enum WatermarkRound: String, Sendable, CaseIterable, Codable {
    /// Upright, at all scales.
    case upright
    /// Mirrored and turned by quarters, at all scales.
    case oriented
    /// Turned by up to 2.5°.
    case turned
    /// Turned by any angle or stretched, in all orientations, at the poses that the power spectrum suggests.
    case distorted
    /// Parts of the picture, in all orientations, at the poses that their power spectra suggest.
    case parts

    /// What is looked for.
    package var words: String {
        switch self {
        case .upright: "upright"
        case .oriented: "mirrored and turned by quarters"
        case .turned: "turned by up to 2.5°"
        case .distorted: "turned by any angle, stretched by up to a third"
        case .parts: "in parts of the picture"
        }
    }

    /// The rounds of a search that ends with this one.
    package var tried: [WatermarkRound] {
        Self.allCases.firstIndex(of: self).map { Array(Self.allCases[...$0]) } ?? []
    }

    /// Indices of the orientations that are tried.
    var orientations: [Int] {
        switch self {
        case .upright, .turned: [0]
        case .oriented: Array(1..<WatermarkOrientation.allCases.count)
        case .distorted, .parts: Array(WatermarkOrientation.allCases.indices)
        }
    }
}
