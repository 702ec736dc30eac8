/// A round of the search, in order of increasing cost; the search ends with the first valid reading.
package enum WatermarkRound: String, Sendable, CaseIterable, Codable {
    /// Upright, at all scales.
    case upright
    /// Mirrored and rotated by quarter turns, at all scales.
    case oriented
    /// Rotated by up to 2.5°.
    case turned
    /// Rotated by any angle or stretched, in all orientations, at the candidate poses of the power spectrum.
    case distorted
    /// Parts of the picture, in all orientations, at the candidate poses of their power spectra.
    case parts

    /// Description of the searched poses.
    package var words: String {
        switch self {
        case .upright: "upright"
        case .oriented: "mirrored and turned by quarters"
        case .turned: "turned by up to 2.5°"
        case .distorted: "turned by any angle, stretched by up to a third"
        case .parts: "in parts of the picture"
        }
    }

    /// This round and all earlier ones.
    package var tried: [WatermarkRound] {
        Self.allCases.firstIndex(of: self).map { Array(Self.allCases[...$0]) } ?? []
    }

    /// Indices of the orientations searched.
    var orientations: [Int] {
        switch self {
        case .upright, .turned: [0]
        case .oriented: Array(1..<WatermarkOrientation.allCases.count)
        case .distorted, .parts: Array(WatermarkOrientation.allCases.indices)
        }
    }
}
