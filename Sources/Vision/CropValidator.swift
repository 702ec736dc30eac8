import Faces
import Foundation
import Pictures
import Tensors

/// Evaluates swaps on aligned crops, without their frames, for fast validation during training.
///
/// The face's position follows from the crop's kind, so no detection is needed: the target's faces get two landmark passes,
/// the second around the landmarks of the first, and the swapped ones get one in the same regions. Edges repeat outside the
/// crop. Not Sendable: it belongs to the training thread.
package final class CropValidator {
    private let landmarker: FaceMesh
    private let recogniser: SFace
    private let targets: [TargetFace?]
    private let source: Embedding?
    private let target: Embedding?
    /// Mean cosine of the source's own faces to their mean: the upper limit for a swap.
    package let sourceToSource: Double?

    /// Measurements of a target's face.
    private struct TargetFace {
        let region: FaceRegion
        let face: CropFace
    }

    /// - Parameters:
    ///   - source: crops without margin of the source person.
    ///   - targets: crops without margin of the faces to swap.
    package init(weights: URL, device: Device, crop: CropKind, source: [Picture], targets: [Picture]) throws {
        let landmarker = try FaceMesh(weights: weights, device: device)
        let recogniser = try SFace(weights: weights, device: device)
        func analyse(_ picture: Picture) throws -> TargetFace? {
            let first = FaceRegion(crop: crop, size: picture.width)
            guard let rough = try landmarker.landmarks(in: picture, around: first),
                rough.presence >= CropFace.leastPresence
            else { return nil }
            let region = FaceRegion(rough)
            return try CropFace(in: picture, around: region, landmarker, recogniser).map {
                TargetFace(region: region, face: $0)
            }
        }
        let seen = try targets.map(analyse)
        let own = try source.compactMap { try analyse($0)?.face.embedding }
        let person = Embedding.mean(of: own)
        (self.landmarker, self.recogniser, self.targets) = (landmarker, recogniser, seen)
        target = Embedding.mean(of: seen.compactMap { $0?.face.embedding })
        self.source = person
        sourceToSource = person.flatMap { person in mean(own.map { Double($0.cosine(person)) }) }
    }

    /// - Parameter swapped: the swapped crops, in the order of the targets.
    package func figures(of swapped: [Picture]) throws -> CropMetrics {
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
        return CropMetrics(
            toSource: cosine(source), toTarget: cosine(target), sourceToSource: sourceToSource,
            poseError: mean(pairs.map { $0.0.pose.difference(from: $0.1.pose) }),
            eyes: pooledConcordance(output.eyes, aim.eyes),
            mouth: pooledConcordance(output.mouths, aim.mouths), faces: pairs.count)
    }
}

/// Metrics of some swapped crops; `nil` if not measurable.
package struct CropMetrics: Sendable, Codable, Equatable {
    /// Cosines to the mean embeddings of source and target, and of the source's own faces to their mean.
    package var toSource: Double?
    package var toTarget: Double?
    package var sourceToSource: Double?
    /// Mean difference of head pose from the target, in degrees over yaw, pitch and roll.
    package var poseError: Double?
    /// Lin's concordance with the target of the eyes (openings, gaze) and of the mouth (gap, width), as defined by
    /// `ExpressionSeries`: large movements have large weights, and a constant offset, such as an open mouth, lowers it.
    package var eyes: Double?
    package var mouth: Double?
    /// Number of faces found in both.
    package var faces: Int
}

private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// Measurements of one crop.
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
    /// Region of the first landmark pass in a crop: a square of 2.3 times the mean face's width, which equals 1.5 times the
    /// landmarks' box.
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
