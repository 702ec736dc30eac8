import Curation
import Faces
import Foundation
import Media
import Pictures
import Workspace

/// A folder for one test, removed with it.
final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dimorph test \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    subscript(_ path: String) -> URL { url.appending(path: path) }
}

/// A face 80 pixels wide around a centre, its landmarks spread over a disc, every number a little different.
func syntheticFace(at centre: Point, seed: Int = 0, track: Int = 0) -> ObservedFace {
    let points = (0..<FaceLandmarks.count).map { index in
        let angle = Double(index + seed) * 2.399963
        let radius = 44 * (Double(index) / 478).squareRoot()
        let point = centre + Point(cos(angle), sin(angle)) * radius
        // As exact as the index keeps them.
        return Point(Double(Float(point.x)), Double(Float(point.y)))
    }
    let landmarks = FaceLandmarks(
        points: points, depths: (0..<FaceLandmarks.count).map { Float($0 % 7) / 3 }, presence: 0.9)
    let unit = SimilarityTransform(
        a: 1 / 80, b: 0, tx: 0.5 - centre.x / 80, ty: 0.5 - centre.y / 80)
    return ObservedFace(
        box: landmarks.box, score: 0.7, landmarks: landmarks, alignment: FaceAlignment(toUnit: unit),
        pose: HeadPose(yaw: Float(seed) / 3, pitch: -2.5, roll: 3),
        expression: Expression(
            coefficients: (0..<Expression.names.count).map { Float(($0 + seed) % 10) / 10 }),
        embedding: Embedding(values: (0..<128).map { sin(Float($0 * (seed + 1))) }), track: track)
}

/// A workspace with a set 'a' of small crops, as an extraction leaves it.
func furnished(_ folder: URL, faces: Int = 6) throws -> Workspace {
    var workspace = try Workspace.open(folder, create: true)
    (workspace.settings.extraction.cropSize, workspace.settings.extraction.packedSize) = (64, 32)
    workspace.settings.extraction.cropFormat = .png
    let settings = workspace.settings.extraction
    var set = FaceSetRecord(name: "a", identity: syntheticFace(at: Point(0, 0)).embedding, settings: settings)
    set.label = "the tall one"
    try workspace.index.save(set)
    let clip = try workspace.index.enter(
        ClipRecord(
            path: "/videos/take 1.mp4", fingerprint: Fingerprint(size: 5, hash: "abc"), width: 320,
            height: 240,
            frameRate: 30000.0 / 1001, frameCount: 100))
    var state = try workspace.index.extraction(set: "a", clip: clip.id ?? 0)
    let crops = workspace.cropsFolder(set: "a")
    try Workspace.makeFolder(crops.appending(path: "1-take1"))
    var records: [FaceRecord] = []
    for number in 0..<faces {
        var face = FaceRecord(
            setName: "a", clip: clip.id ?? 0, frame: 7 * number, time: Double(number) * 0.1 + 1.0 / 3,
            face: syntheticFace(at: Point(100 + Double(number) / 3, 90), seed: number, track: number % 2))
        face.steady = FaceAlignment(
            toUnit: SimilarityTransform(a: 0.0123, b: 0.0001, tx: -0.7, ty: -0.1 * Double(number)))
        let transform = face.crop(settings.crop, size: 64, margin: settings.cropMargin)
        var crop = Picture(width: 64, height: 64, red: UInt8(10 * number), green: 120, blue: 90)
        for index in 0..<64 * 20 { crop.pixels[3 * index] = UInt8(index % 256) }
        face.cropFile = "1-take1/00000\(number).png"
        try PictureFile.write(crop, to: crops.appending(path: face.cropFile ?? ""))
        face.quality = FaceQuality(crop: crop, landmarks: face.face.landmarks, transform: transform)
        face.likeness = 1 / Double(number + 3)
        records.append(face)
    }
    (state.isAnalysed, state.isCropped, state.nextFrame, state.nextCrop) = (true, true, 100, 100)
    try workspace.index.commit(records, state)
    return workspace
}

extension FaceSetExport {
    init(_ workspace: Workspace, set: String = "a") {
        self.init(workspace, set: set) { try PictureFile.write(PictureFile.read($0), to: $1) }
    }
}

extension FaceImport {
    /// For folders whose faces are known.
    init(_ workspace: Workspace, set: String = "a") { self.init(workspace, set: set) { _ in [] } }
}
