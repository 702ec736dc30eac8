import Foundation
import Pictures
import Provenance

/// Compares output and target with the ground truth, frame by frame.
package struct PixelComparison {
    let excluded: [PixelRegion]
    private var output = PixelSums()
    private var target = PixelSums()

    init(excluded: [PixelRegion]) {
        self.excluded = excluded
    }

    /// Compares whole clips, without face detection.
    ///
    /// - Throws: `MediaError`, `EvaluationError.mismatch`, `CancellationError`.
    package static func figures(
        output: URL, target: URL, truth: URL, mask: URL?, excluded: [PixelRegion] = []
    ) throws -> EvaluationReport.Truth {
        var clips = try Clips(output: output, target: target, truth: truth, mask: mask)
        var comparison = PixelComparison(excluded: excluded)
        while let frame = try clips.next() {
            try Task.checkCancellation()
            comparison.add(frame)
        }
        return comparison.figures
    }

    /// Possible positions of the label.
    static func labelRegions(_ size: (width: Int, height: Int), when wanted: Bool) -> [PixelRegion] {
        let label = SyntheticLabel(frameWidth: size.width, frameHeight: size.height)
        return wanted ? SyntheticLabel.Corner.allCases.map { label.region(in: $0) } : []
    }

    mutating func add(_ frame: ClipFrame) {
        guard var clips = frame.truth, let before = frame.target else { return }
        for region in excluded { clips.mask.clear(region) }
        output.add(frame.output, truth: clips.truth, mask: clips.mask)
        target.add(before, truth: clips.truth, mask: clips.mask)
    }

    var figures: EvaluationReport.Truth {
        EvaluationReport.Truth(output: output.figures, target: target.figures)
    }
}

extension Plane {
    fileprivate mutating func clear(_ region: PixelRegion) {
        for row in max(0, region.y)..<max(max(0, region.y), min(height, region.y + region.height)) {
            for column in max(0, region.x)..<max(max(0, region.x), min(width, region.x + region.width)) {
                values[row * width + column] = 0
            }
        }
    }
}
