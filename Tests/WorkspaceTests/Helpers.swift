import Faces
import Foundation
import Workspace

/// A folder for one test, removed with it.
final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dimorph test \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// A face made of numbers that differ from seed to seed, exact in 32-bit floats.
func syntheticFace(_ seed: Int, track: Int = 0, embedding: Bool = true) -> ObservedFace {
    let points = (0..<FaceLandmarks.count).map { point in
        Point(100 + Double((point * 37 + seed * 11) % 64), 80 + Double((point * 53 + seed * 7) % 64) + 0.25)
    }
    let landmarks = FaceLandmarks(
        points: points, depths: (0..<FaceLandmarks.count).map { Float($0 % 8) - 3.5 }, presence: 0.75)
    let expression = Expression(
        coefficients: (0..<Expression.names.count).map { Float(($0 + seed) % 16) / 16 })
    let values = (0..<128).map { $0 == seed % 128 ? Float(1) : 0 }
    return ObservedFace(
        box: Box(x: Double(seed), y: 2, width: 64, height: 65), score: 0.5, landmarks: landmarks,
        alignment: FaceAlignment(
            toUnit: SimilarityTransform(a: 0.0125, b: 0.001, tx: -1.25 - Double(seed) / 8, ty: -1)),
        pose: HeadPose(yaw: Float(seed), pitch: -2.5, roll: 3), expression: expression,
        embedding: embedding ? Embedding(values: values) : nil, track: track)
}

func record(_ seed: Int, set: String = "a", clip: Int64, frame: Int, track: Int = 0) -> FaceRecord {
    FaceRecord(
        setName: set, clip: clip, frame: frame, time: Double(frame) / 25,
        face: syntheticFace(seed, track: track))
}

/// An opened workspace with one clip in one set.
func furnished(_ folder: URL, set: String = "a") throws -> (Workspace, ClipRecord, ExtractionState) {
    let workspace = try Workspace.open(folder, create: true)
    try workspace.index.save(FaceSetRecord(name: set, settings: workspace.settings.extraction))
    let clip = try workspace.index.enter(
        ClipRecord(
            path: "/videos/a.mp4", fingerprint: Fingerprint(size: 5, hash: "abc"), width: 384, height: 384,
            frameRate: 25))
    let state = try workspace.index.extraction(set: set, clip: clip.id ?? 0)
    return (workspace, clip, state)
}
