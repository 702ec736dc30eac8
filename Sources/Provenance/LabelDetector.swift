import Pictures

/// Detects the visible label where this program draws it: in a corner, at the size for the frame's height.
///
/// Robust to compression and scaling, because the label's size is relative to the frame's; not to cropping. Correlates the
/// corner's luma with the label's, inside the badge's outline.
package struct LabelDetector: Sendable {
    /// Minimum correlation at which a corner counts as labelled.
    package static let threshold: Float = 0.7
    /// Luma difference between the badge and its letters.
    private static let contrast: Float = 50

    private let label: SyntheticLabel
    private let template: [Float]
    private let inside: [Int]

    private init(frameWidth: Int, frameHeight: Int) {
        let label = SyntheticLabel(frameWidth: frameWidth, frameHeight: frameHeight)
        let region = label.region(in: .bottomRight)
        func drawn(on level: UInt8) -> [Float] {
            let below = Picture(
                width: region.width, height: region.height, red: level, green: level, blue: level)
            return region.isEmpty ? [] : label.drawn(on: below).luma.values
        }
        let (dark, light) = (drawn(on: 0), drawn(on: 255))
        // Outside the badge the two renderings differ by the full range.
        let inside = dark.indices.filter { light[$0] - dark[$0] < 100 }
        (self.label, self.inside) = (label, inside)
        template = inside.map { (dark[$0] + light[$0]) / 2 }
    }

    /// The maximum correlation over the corners, −1…1, for a label drawn at this frame size or at twice the size.
    package static func score(_ frame: Picture) -> Float {
        let own = LabelDetector(frameWidth: frame.width, frameHeight: frame.height).score(frame)
        // Labels have a minimum size, below which they do not scale with the frame.
        guard own < threshold, (16..<640).contains(frame.height) else { return own }
        let large = frame.resized(width: 2 * frame.width, height: 2 * frame.height)
        return max(own, LabelDetector(frameWidth: large.width, frameHeight: large.height).score(large))
    }

    private func score(_ frame: Picture) -> Float {
        SyntheticLabel.Corner.allCases.map { score(frame, $0) }.max() ?? 0
    }

    private func score(_ frame: Picture, _ corner: SyntheticLabel.Corner) -> Float {
        let region = label.region(in: corner)
        guard !region.isEmpty, let last = inside.last, last < region.width * region.height else { return 0 }
        let luma = frame.cropped(
            x: region.x, y: region.y, width: region.width, height: region.height
        ).luma.values
        let values = inside.map { luma[$0] }
        let (a, b) = (centred(values), centred(template))
        let (aa, bb) = (dot(a, a), dot(b, b))
        guard aa > 0, bb > 0, spread(values) > Self.contrast else { return 0 }
        return dot(a, b) / (aa * bb).squareRoot()
    }

    private func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    private func centred(_ values: [Float]) -> [Float] {
        let mean = values.reduce(0, +) / Float(max(1, values.count))
        return values.map { $0 - mean }
    }

    /// Difference between the 95th and the 5th percentile.
    private func spread(_ values: [Float]) -> Float {
        let sorted = values.sorted()
        return sorted[sorted.count * 19 / 20] - sorted[sorted.count / 20]
    }
}
