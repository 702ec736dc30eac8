/// Movements of one person's mouth and eyes, face by face, in units that are comparable between people: used to compare a
/// swap with its target.
///
/// Gaps and widths are distances in space. The mouth's gap is a share of the distance of the outer eye corners (0 for
/// closed lips of any person). Sizes of eyes and mouth differ between people: eye openings (gap over the eye's width) are
/// shares of the person's own 90th percentile, mouth widths of the person's own median.
package struct ExpressionSeries: Sendable {
    package let mouthGaps: [Double]
    package let mouthWidths: [Double]
    /// Mean of both eyes, and each eye.
    package let eyeOpenings: [Double]
    package let rightEyes: [Double]
    package let leftEyes: [Double]
    package let gazes: [Gaze]

    package init(_ faces: [FaceLandmarks]) {
        let openings = faces.map { Openings($0) }
        mouthGaps = openings.map { Double($0.mouth) }
        gazes = faces.map { Gaze($0) }
        let widths = faces.map { $0.distance(61, 291) / max(1e-9, $0.distance(33, 263)) }
        let usual = quantile(widths, 0.5) ?? 1
        mouthWidths = widths.map { $0 / max(1e-9, usual) }
        let (right, left) = (openings.map { Double($0.rightEye) }, openings.map { Double($0.leftEye) })
        let both = zip(right, left).map { ($0 + $1) / 2 }
        let open = max(1e-9, quantile(both, 0.9) ?? 1)
        eyeOpenings = both.map { $0 / open }
        rightEyes = right.map { $0 / open }
        leftEyes = left.map { $0 / open }
    }
}

extension ExpressionSeries {
    /// Gap and width of the mouth, face by face, in typical deviations while speaking.
    package var mouths: [[Double]] {
        mouthGaps.indices.map { [mouthGaps[$0] / 0.06, mouthWidths[$0] / 0.07] }
    }

    /// Openings and gaze of both eyes, face by face, in the same unit.
    package var eyes: [[Double]] {
        gazes.indices.map { face in
            [rightEyes[face] / 0.2, leftEyes[face] / 0.2]
                + [gazes[face].rightEye, gazes[face].leftEye].flatMap { [$0.x / 0.06, $0.y / 0.03] }
        }
    }
}
