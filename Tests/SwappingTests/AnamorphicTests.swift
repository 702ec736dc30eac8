import Faces
import Foundation
import Media
import Pictures
import Provenance
import Swapping
import Testing
import Vision

/// The same clip with square pixels and with pixels that are not: what is drawn must have the same shape.
@Suite("Pixels that are not square")
struct AnamorphicTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("anamorphic-\(UUID().uuidString)")

    /// Frames of a performer, stored at a size with the pixel aspect that makes them square.
    private func clip(_ name: String, width: Int, height: Int, frames: Int) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appendingPathComponent(name)
        var info = VideoInfo(width: width, height: height, frameRate: Rational(25))
        info.pixelAspect = Rational(height, width)
        let writer = try VideoWriter(url, like: info, settings: EncodingSettings(codec: .ffv1))
        let reader = try VideoReader(Samples.clip("target-c.mp4"))
        for index in 0..<frames {
            let picture = try #require(try reader.next()).picture().resized(width: width, height: height)
            try writer.append(VideoFrame(picture, index: index, like: info))
        }
        try writer.finish()
        return url
    }

    /// Width over height of the faces' landmarks in square pixels, frame by frame.
    private func aspects(_ url: URL) throws -> [Double] {
        let reader = try VideoReader(url)
        var settings = AnalysisSettings()
        (settings.embedding, settings.expressions) = (.never, false)
        let analyser = try FaceAnalyser(weights: Samples.weights, device: .cpu, settings: settings)
        var result: [Double] = []
        while let frame = try reader.next() {
            let face = try #require(try analyser.faces(in: frame.squarePicture()).first)
            result.append(face.box.width / face.box.height)
        }
        return result
    }

    /// A face of one person everywhere: a picture of the other performer, cut out as the network would draw it.
    private func swapper() throws -> ScriptedSwapper {
        let reader = try VideoReader(Samples.clip("performer-a.mp4"))
        let picture = try #require(try reader.next()).picture()
        let analyser = try FaceAnalyser(weights: Samples.weights, device: .cpu)
        let face = try #require(analyser.faces(in: picture).first)
        let crop = picture.crop(face.alignment.crop(.full, size: 160), width: 160, height: 160)
        return ScriptedSwapper(size: 160) { _ in crop }
    }

    @Test(
        "the swapped face has the aspect that it has with square pixels; tag, size and watermark are there",
        arguments: [(288, 384), (384, 256)])
    func aspect(_ size: (Int, Int)) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let count = 10
        func converted(_ name: String, _ width: Int, _ height: Int) throws -> (
            output: URL, requests: [Picture]
        ) {
            let swapper = try swapper()
            let crops = ScriptedSwapper(size: 160) { try swapper.change($0) }
            var settings = ConversionSettings()
            settings.marks.watermark = 77
            let output = folder.appendingPathComponent("out-\(name)")
            let report = try Converter(
                observer: FaceAnalyser(weights: Samples.weights, device: .cpu), swapper: crops,
                settings: settings
            ).convert(
                target: clip(name, width: width, height: height, frames: count), output: output,
                comparison: folder.appendingPathComponent("both-\(name).mp4"),
                encoding: EncodingSettings(codec: .ffv1))
            #expect(report.swapped == count)
            return (output, crops.requests.map(\.crop))
        }
        let square = try converted("square.mkv", 384, 384)
        let stored = try converted("stored.mkv", size.0, size.1)
        // What the network sees is the same face, not one that is too narrow or too wide.
        for (a, b) in zip(square.requests, stored.requests) { #expect(psnr(a, b) > 30) }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let (a, b) = (mean(try aspects(square.output)), mean(try aspects(stored.output)))
        #expect(abs(a / b - 1) < 0.02, "\(a) and \(b)")
        let reader = try VideoReader(stored.output)
        #expect(reader.info.width == size.0 && reader.info.height == size.1)
        #expect(abs(reader.info.pixelAspect.value - Double(size.1) / Double(size.0)) < 1e-6)
        #expect(reader.info.squareSize == (max(size.0, size.1), max(size.0, size.1)))
        // The mark lies in the stored frame, where it is looked for.
        var detector = WatermarkDetector()
        while let frame = try reader.next() { detector.add(try frame.luma()) }
        #expect(detector.find()?.id == 77)
        let both = try VideoReader(folder.appendingPathComponent("both-stored.mkv.mp4"))
        #expect(both.info.pixelShape.isSquare && both.info.width == 2 * both.info.height)
    }

    @Test("outside the face no sample changes, and a still shows square pixels")
    func outside() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try clip("target.mkv", width: 288, height: 384, frames: 8)
        var settings = ConversionSettings()
        settings.marks.watermark = 4
        func run(_ observer: any FaceDetectorSource, _ name: String) throws -> [VideoFrame] {
            let output = folder.appendingPathComponent(name)
            _ = try Converter(observer: observer, swapper: swapper(), settings: settings).convert(
                target: target, output: output, encoding: EncodingSettings(codec: .ffv1))
            let reader = try VideoReader(output)
            return try (0..<8).map { _ in try #require(try reader.next()) }
        }
        let analyser = try FaceAnalyser(weights: Samples.weights, device: .cpu)
        let swapped = try run(analyser, "swapped.mkv")
        // Marked for the face in its last frame alone, which is not compared.
        let marked = try run(
            ScriptedObserver { $0 == 7 ? [scriptedFace(x: 190, y: 190)] : [] }, "marked.mkv")
        analyser.reset()
        for (new, old) in zip(swapped, marked).dropLast() {
            let face = try #require(try analyser.faces(in: old.squarePicture()).first)
            let box = face.box.stored(old.pixelShape)
            #expect(box.width < face.box.width * 0.76 && box.height == face.box.height)
            let (a, b) = (try new.nativeSamples()[0], try old.nativeSamples()[0])
            let changed = a.indices.filter { abs(Int(a[$0]) - Int(b[$0])) > 2 }
            #expect(changed.count > 1000)
            // The hull and its soft edge lie within a sixth of the box around the landmarks.
            #expect(
                changed.allSatisfy { index in
                    let (x, y) = (Double(index % 288), Double(index / 288))
                    return abs(x - box.centre.x) < box.width * 0.67
                        && abs(y - box.centre.y) < box.height * 0.67
                })
        }
        let still = try Converter(
            observer: FaceAnalyser(weights: Samples.weights, device: .cpu), swapper: swapper(),
            settings: settings
        ).still(target: target, frame: 3)
        #expect(still.result.width == 384 && still.target.height == 384)
    }
}
