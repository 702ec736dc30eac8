import Faces
import Foundation
import Pictures
import Tensors

/// Measures swaps on aligned crops, without their frames: as training goes, and quickly.
///
/// Where the face lies is known from the crop's kind, so nothing is detected: the target's faces are looked at twice, the
/// second time around their landmarks, and the swapped ones once in the same regions. Beyond the crop its edge repeats.
/// Not Sendable: it belongs to the thread that trains.
package final class CropJudge {
    private let landmarker: FaceMesh
    private let recogniser: SFace
    private let targets: [Seen?]
    private let source: Embedding?
    private let target: Embedding?
    /// Mean cosine of the source's own faces to their mean: what a perfect swap could reach.
    package let sourceToSource: Double?

    /// What is known of a target's face.
    private struct Seen {
        let region: FaceRegion
        let face: CropFace
    }

    /// - Parameters:
    ///   - source: crops without margin of the person whose face is put in.
    ///   - targets: crops without margin of the faces that will be swapped.
    package init(weights: URL, device: Device, crop: CropKind, source: [Picture], targets: [Picture]) throws {
        let landmarker = try FaceMesh(weights: weights, device: device)
        let recogniser = try SFace(weights: weights, device: device)
        func look(_ picture: Picture) throws -> Seen? {
            let first = FaceRegion(crop: crop, size: picture.width)
            guard let rough = try landmarker.landmarks(in: picture, around: first),
                rough.presence >= CropFace.leastPresence
            else { return nil }
            let region = FaceRegion(rough)
            return try CropFace(in: picture, around: region, landmarker, recogniser).map {
                Seen(region: region, face: $0)
            }
        }
        let seen = try targets.map(look)
        let own = try source.compactMap { try look($0)?.face.embedding }
        let person = Embedding.mean(of: own)
        (self.landmarker, self.recogniser, self.targets) = (landmarker, recogniser, seen)
        target = Embedding.mean(of: seen.compactMap { $0?.face.embedding })
        self.source = person
        sourceToSource = person.flatMap { person in mean(own.map { Double($0.cosine(person)) }) }
    }

    /// - Parameter swapped: the targets' crops with the other face in them, in their order.
    package func figures(of swapped: [Picture]) throws -> CropFigures {
        let pairs = try zip(swapped, targets).compactMap { picture, target -> (CropFace, CropFace)? in
            guard let target,
                let face = try CropFace(in: picture, around: target.region, landmarker, recogniser)
            else { return nil }
            return (face, target.face)
        }
        func cosine(_ person: Embedding?) -> Double? {
            person.flatMap { person in mean(pairs.map { Double($0.0.embedding.cosine(person)) }) }
        }
        let (output, aim) = (
            ExpressionSeries(pairs.map(\.0.landmarks)), ExpressionSeries(pairs.map(\.1.landmarks))
        )
        return CropFigures(
            toSource: cosine(source), toTarget: cosine(target), sourceToSource: sourceToSource,
            poseError: mean(pairs.map { $0.0.pose.difference(from: $0.1.pose) }),
            eyes: pooledConcordance(output.eyes, aim.eyes),
            mouth: pooledConcordance(output.mouths, aim.mouths), faces: pairs.count)
    }
}

/// Figures of some swapped crops; nil where nothing could be measured.
package struct CropFigures: Sendable, Codable, Equatable {
    /// Cosines to the mean embeddings of source and target, and the source's own to its mean.
    package var toSource: Double?
    package var toTarget: Double?
    package var sourceToSource: Double?
    /// Mean difference of head pose to the target, in degrees over yaw, pitch and roll.
    package var poseError: Double?
    /// Lin's concordance with the target of the eyes (openings, gaze) and of the mouth (gap, width), as `ExpressionSeries`
    /// has them: what moves much weighs much, and a mouth that hangs open throughout counts against a swap.
    package var eyes: Double?
    package var mouth: Double?
    /// Faces that were seen in both.
    package var faces: Int
}

private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// What is measured on one crop.
private struct CropFace {
    let pose: HeadPose
    let landmarks: FaceLandmarks
    let embedding: Embedding

    static let leastPresence: Float = 0.5

    init?(
        in picture: Picture, around region: FaceRegion, _ landmarker: FaceMesh, _ recogniser: SFace
    ) throws {
        guard let landmarks = try landmarker.landmarks(in: picture, around: region),
            landmarks.presence >= Self.leastPresence
        else { return nil }
        pose = HeadPose(landmarks: landmarks)
        self.landmarks = landmarks
        embedding = try recogniser.embedding(of: landmarks, in: picture)
    }
}

extension FaceRegion {
    /// Where the landmarker looks first in a crop: at a square 2.3 times as wide as the mean face's, which is what 1.5
    /// times the landmarks' box amounts to.
    fileprivate init(crop: CropKind, size: Int) {
        let toCrop = crop.transform(size: size)
        self.init(centre: toCrop(Point(0.5, 0.5)), side: 2.3 * toCrop.scale, angle: 0)
    }
}

extension HeadPose {
    /// Mean absolute difference over yaw, pitch and roll, in degrees.
    fileprivate func difference(from other: HeadPose) -> Double {
        Double(abs(yaw - other.yaw) + abs(pitch - other.pitch) + abs(roll - other.roll)) / 3
    }
}
