import Foundation
import Pictures

extension PatternSearch {
    /// Number of candidate poses from a power spectrum that are matched.
    private static let (distortedCount, partCount) = (64, 4)

    func places(_ round: WatermarkRound) -> [Place] {
        let all = PixelRegion(x: 0, y: 0, width: whole.width, height: whole.height)
        func places(_ angles: [Double]) -> [Place] {
            angles.flatMap { angle in
                WatermarkPose.scales.map {
                    Place(pose: WatermarkPose(cellsAcross: $0, angle: angle), region: all)
                }
            }
        }
        switch round {
        case .upright, .oriented: return places([0])
        case .turned: return places(WatermarkPose.angles)
        case .distorted:
            let best = HarmonicSpectrum(whole, in: all).best(of: Self.distortions, count: Self.distortedCount)
            return best.map { Place(pose: $0.pose, region: all) }
        case .parts:
            return PictureParts(detailed).regions.flatMap { region in
                HarmonicSpectrum(detailed, in: region)
                    .best(of: Self.partPoses(region, detailed), count: Self.partCount)
                    .map { Place(pose: $0.pose, region: region, isDetailed: true) }
            }
        }
    }

    private static func poses(
        _ scales: ClosedRange<Double>, angles: [Double] = [0], stretches: [Double] = [1]
    ) -> [WatermarkPose] {
        let scales = stride(
            from: log(scales.lowerBound), through: log(scales.upperBound), by: WatermarkPose.scaleStep)
        return scales.flatMap { scale in
            angles.flatMap { angle in
                stretches.map { WatermarkPose(cellsAcross: exp(scale), angle: angle, stretch: $0) }
            }
        }
    }

    /// All angles, as the pattern's lattice is symmetric under quarter turns; and stretches of up to a third, nearly upright.
    private static let distortions: [WatermarkPose] = {
        let angles = stride(from: -45, to: 45, by: WatermarkPose.angleStep)
        let steps = (1...20).flatMap { [Double($0), -Double($0)] }
        return poses(45...170, angles: Array(angles))
            + poses(
                45...170, angles: [-1, -0.5, 0, 0.5, 1],
                stretches: steps.map { exp($0 * WatermarkPose.stretchStep) })
    }()

    private static func partPoses(_ region: PixelRegion, _ plane: Plane) -> [WatermarkPose] {
        let share = Double(min(region.width, region.height)) / Double(min(plane.width, plane.height))
        return poses(45 / share...125 / share, angles: [-0.5, 0, 0.5])
    }
}
