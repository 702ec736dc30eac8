import Extraction
import Faces
import Foundation
import Media
import Pictures
import Workspace

final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dimorph test \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// A person as the scripted observer knows people: a direction of its own.
func person(_ number: Int) -> Embedding { Embedding(values: (0..<128).map { $0 == number ? 1 : 0 }) }

/// A face of 80 pixels around a centre, with landmarks spread evenly like a face's.
func face(of who: Int, at centre: Point, track: Int, width: Double = 80) -> ObservedFace {
    var points = [Point](repeating: centre, count: FaceLandmarks.count)
    for index in points.indices {
        let angle = Double(index) * 2.399963
        let radius = width * 0.55 * (Double(index) / 478).squareRoot()
        points[index] = centre + Point(cos(angle), sin(angle)) * radius
    }
    let landmarks = FaceLandmarks(
        points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
    let scale = 1 / width
    let unit = SimilarityTransform(a: scale, b: 0, tx: 0.5 - centre.x * scale, ty: 0.5 - centre.y * scale)
    return ObservedFace(
        box: Box(x: centre.x - width / 2, y: centre.y - width / 2, width: width, height: width), score: 1,
        landmarks: landmarks, alignment: FaceAlignment(toUnit: unit),
        pose: HeadPose(yaw: 0, pitch: 0, roll: 0),
        expression: .neutral, embedding: person(who), track: track)
}

/// Sees what the test tells it to: the frame's number is in the picture's first pixel.
final class ScriptedObserver: FaceDetectorSource {
    let script: (Int) -> [ObservedFace]
    private(set) var seen: [Int] = []
    /// Fails instead of looking at this frame, as if the process died there.
    var dies: Int?

    init(dies: Int? = nil, _ script: @escaping (Int) -> [ObservedFace]) {
        self.dies = dies
        self.script = script
    }

    struct Death: Error {}

    func reset() {}

    func faces(in picture: Picture) throws -> [ObservedFace] {
        let frame = Int(picture.pixels[0]) + 256 * Int(picture.pixels[1])
        if frame == dies { throw Death() }
        seen.append(frame)
        return script(frame)
    }
}

/// A folder of pictures that carry their numbers.
func makeClip(_ folder: URL, frames: Int, from first: Int = 0) throws -> URL {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for frame in first..<first + frames {
        var picture = Picture(width: 192, height: 160, red: 90, green: 120, blue: 60)
        for index in 0..<64 * 64 {
            picture.pixels[3 * (index / 64 * 192 + index % 64) + 2] = UInt8(frame % 256)
        }
        (picture.pixels[0], picture.pixels[1]) = (UInt8(frame % 256), UInt8(frame / 256))
        try PictureFile.write(picture, to: folder.appending(path: "frame-\(1000 + frame).png"))
    }
    return folder
}

extension Workspace {
    /// Small crops, so that tests are quick.
    static func small(_ folder: URL) throws -> Workspace {
        var workspace = try Workspace.open(folder, create: true)
        workspace.settings.extraction.cropSize = 64
        workspace.settings.extraction.packedSize = 32
        workspace.settings.extraction.cropFormat = .png
        return workspace
    }
}
