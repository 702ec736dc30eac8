/// The area of a crop around the inner face.
package enum CropKind: String, Sendable, Codable, CaseIterable {
    /// The face from forehead to chin; shifted down by 3 % for equal margins above and below.
    case full
    /// The face with hairline and upper neck.
    case whole
    /// The head with hair and neck.
    case head

    /// Side of the crop, in sides of the mean face's unit square.
    package var coverage: Double {
        switch self {
        case .full: 1.60
        case .whole: 2.13
        case .head: 2.98
        }
    }

    /// Offset of the crop's centre above the unit square's, in sides of the unit square.
    package var lift: Double {
        switch self {
        case .full: -0.03
        case .whole: 0.07
        case .head: 0.50
        }
    }

    /// Unit square → pixels of a square crop with sides of `size`, of which a share of margin/(1 + margin) is margin.
    package func transform(size: Int, margin: Double = 0) -> SimilarityTransform {
        let scale = Double(size) / (coverage * (1 + margin))
        let half = Double(size) / 2
        return SimilarityTransform(
            a: scale, b: 0, tx: half - 0.5 * scale, ty: half - (0.5 - lift) * scale)
    }
}
