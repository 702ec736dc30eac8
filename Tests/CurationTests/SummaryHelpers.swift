import Curation
import Faces
import Foundation
import Media
import Pictures
import Workspace

/// A face's figures, plain but for what the test is about.
func summary(
    _ id: Int64, yaw: Float = 0, pitch: Float = 0, mouth: Double = 0, eyes: Double = 0.3, width: Double = 80,
    sharpness: Double? = 50, occlusion: Double = 0, hash: [UInt8] = [UInt8](repeating: 0, count: 32)
) -> FaceSummary {
    var face = FaceSummary(
        id: id, clip: 1, frame: Int(id), time: Double(id) / 25, track: 0, width: width,
        pose: HeadPose(yaw: yaw, pitch: pitch, roll: 0), mouth: mouth, leftEye: eyes, rightEye: eyes)
    face.quality = sharpness.map {
        FaceQuality(
            sharpness: $0, motionBlur: 0.1, exposure: 0.5, clipped: 0, occlusion: occlusion, hash: hash)
    }
    return face
}

/// A hash like no other number's: bits of a linear congruential generator (Knuth).
func hash(_ number: Int) -> [UInt8] {
    var state = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    return (0..<32).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
}

extension Workspace {
    /// A workspace with one packed set: frame n has yaw n, sharpness 10 n, and a crop of its own grey.
    static func furnished(_ folder: URL, set: String = "anna", faces: Int = 6) throws -> Workspace {
        var workspace = try Workspace.open(folder, create: true)
        workspace.settings.extraction.cropSize = 32
        workspace.settings.extraction.packedSize = 32
        try workspace.index.save(FaceSetRecord(name: set, settings: workspace.settings.extraction))
        let clip = try workspace.index.enter(
            ClipRecord(
                path: "/videos/a.mp4", fingerprint: Fingerprint(size: 5, hash: "abc"), width: 384,
                height: 384,
                frameRate: 25))
        var state = try workspace.index.extraction(set: set, clip: clip.id ?? 0)
        let crops = workspace.cropsFolder(set: set).appending(path: "1-a")
        try Workspace.makeFolder(crops)
        let records = try (0..<faces).map { frame in
            let grey = UInt8(40 + 20 * (frame % 8))
            try PictureFile.write(
                Picture(width: 32, height: 32, red: grey, green: grey, blue: grey),
                to: crops.appending(path: "\(frame).png"))
            return record(frame, set: set, clip: clip.id ?? 0)
        }
        state.nextFrame = faces
        state.isAnalysed = true
        state.isCropped = true
        try workspace.index.commit(records, state)
        try SetCuration(workspace, set: set).pack()
        return workspace
    }
}

private func record(_ frame: Int, set: String, clip: Int64) -> FaceRecord {
    let points = (0..<FaceLandmarks.count).map { point in
        let angle = Double(point) * 2.399963
        return Point(190, 190) + Point(cos(angle), sin(angle)) * (44 * (Double(point) / 478).squareRoot())
    }
    let landmarks = FaceLandmarks(
        points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
    let unit = SimilarityTransform(a: 1 / 80, b: 0, tx: 0.5 - 190 / 80, ty: 0.5 - 190 / 80)
    let face = ObservedFace(
        box: Box(x: 150, y: 150, width: 80, height: 80), score: 1, landmarks: landmarks,
        alignment: FaceAlignment(toUnit: unit), pose: HeadPose(yaw: Float(frame), pitch: 0, roll: 0),
        expression: .neutral, embedding: nil, track: 0)
    var record = FaceRecord(
        setName: set, clip: clip, frame: frame, time: Double(frame) / 25, face: face)
    record.quality = FaceQuality(
        sharpness: 10 * Double(frame), motionBlur: 0, exposure: 0.5, clipped: 0, occlusion: 0,
        hash: hash(frame))
    record.cropFile = "1-a/\(frame).png"
    return record
}
