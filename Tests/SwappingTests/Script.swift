import Faces
import Files
import Foundation
import Media
import Pictures
import Provenance
import Swapping
import Workspace

/// A frame of RGB data.
struct MemoryFrame: SwappableFrame, Equatable {
    var number: Int
    var pixels: Picture
    var width: Int { pixels.width }
    var height: Int { pixels.height }
    var time: Double { Double(number) / 25 }

    /// Shape of the stored pixels.
    var pixelShape = PixelShape.square

    /// Alpha of a layer.
    var alpha: Plane?

    func picture() -> Picture { pixels }

    func blankCanvas(for layer: ConversionLayer) -> MemoryFrame {
        guard layer != .result else { return self }
        var result = MemoryFrame(number: number, pixels: Picture(width: width, height: height))
        if layer == .face { result.alpha = Plane(width: width, height: height) }
        return result
    }

    func withAlpha(_ plane: Plane, x: Int, y: Int) -> MemoryFrame {
        guard var alpha else { return self }
        for row in 0..<plane.height {
            for column in 0..<plane.width {
                let place = (y + row) * width + x + column
                alpha.values[place] = max(alpha.values[place], plane.values[row * plane.width + column])
            }
        }
        var result = self
        result.alpha = alpha
        return result
    }

    func opaque(in region: PixelRegion) -> MemoryFrame {
        withAlpha(Plane(width: region.width, height: region.height, repeating: 1), x: region.x, y: region.y)
    }

    func picture(x: Int, y: Int, width: Int, height: Int) -> Picture {
        pixels.cropped(x: x, y: y, width: width, height: height)
    }

    func replacing(x: Int, y: Int, width: Int, height: Int, with other: Picture) -> MemoryFrame {
        var result = self
        result.pixels.paste(other, x: x, y: y)
        return result
    }

    /// Smooth waves of colour that move from frame to frame, without flat areas.
    static func waves(_ number: Int, width: Int = 160, height: Int = 120) -> MemoryFrame {
        var picture = Picture(width: width, height: height)
        let time = Double(number) * 0.1
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (Double(column), Double(row))
                let index = (row * width + column) * 3
                picture.pixels[index] = UInt8(150 + 60 * sin(x / 11 + time) * cos(y / 17))
                picture.pixels[index + 1] = UInt8(110 + 50 * sin(x / 19 - y / 13 + time))
                picture.pixels[index + 2] = UInt8(90 + 40 * cos(y / 9 + time))
            }
        }
        return MemoryFrame(number: number, pixels: picture)
    }
}

/// A face `width` pixels wide around a centre, its landmarks on an oval.
func scriptedFace(
    x: Double, y: Double, width: Double = 44, angle: Double = 0, track: Int = 1, embedding: Embedding? = nil
) -> ObservedFace {
    let (a, b) = (width * cos(angle), width * sin(angle))
    let place = SimilarityTransform(a: a, b: b, tx: x - (a - b) / 2, ty: y - (a + b) / 2)
    let points = (0..<FaceLandmarks.count).map { index in
        let turn = Double(index) / 20 * .pi
        return place(Point(0.5 + 0.62 * cos(turn), 0.5 + 0.68 * sin(turn)))
    }
    let landmarks = FaceLandmarks(
        points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
    return ObservedFace(
        box: landmarks.box, score: 1, landmarks: landmarks, alignment: FaceAlignment(toUnit: place.inverse),
        pose: HeadPose(yaw: 0, pitch: 0, roll: 0), expression: .neutral, embedding: embedding, track: track)
}

extension ConversionPipeline where Frame == MemoryFrame {
    /// Converts a number of frames of waves.
    func converted(
        waves count: Int, marks: Marks = Marks()
    ) throws -> (frames: [MemoryFrame], report: ConversionReport) {
        nonisolated(unsafe) var written: [MemoryFrame] = []
        var next = 0
        let report = try run(
            output: MarkedOutput(frameWidth: 160, frameHeight: 120, marks: marks),
            source: {
                defer { next += 1 }
                return next < count ? .waves(next) : nil
            }, sink: { written.append($0) })
        return (written, report)
    }
}

/// Embedding along one axis.
func axis(_ index: Int) -> Embedding {
    Embedding(values: (0..<128).map { $0 == index ? 1 : 0 })
}

/// Plays back faces, frame by frame.
final class ScriptedObserver: FaceDetectorSource {
    let script: (Int) -> [ObservedFace]
    private(set) var count = 0
    /// Shot and light of a frame.
    let scenes: (Int) -> (shot: Int, light: Int)
    var shot: Int { scenes(count - 1).shot }
    var light: Int { scenes(count - 1).light }

    init(
        scenes: @escaping (Int) -> (shot: Int, light: Int) = { _ in (0, 0) },
        _ script: @escaping (Int) -> [ObservedFace]
    ) {
        (self.scenes, self.script) = (scenes, script)
    }

    func reset() {}

    func faces(in picture: Picture) throws -> [ObservedFace] {
        defer { count += 1 }
        return script(count)
    }
}

/// Returns `change` of each crop, with a full mask.
final class ScriptedSwapper: FaceSwapper {
    let fingerprint = "scripted"
    let size: Int
    let crop = CropKind.full
    let own: Picture?
    let change: (SwapRequest) throws -> Picture
    private(set) var batches: [Int] = []
    private(set) var requests: [SwapRequest] = []

    /// - Parameter own: the reconstruction of the target's own face.
    init(
        size: Int = 96, own: Picture? = nil, change: @escaping (SwapRequest) throws -> Picture = { $0.crop }
    ) {
        (self.size, self.own, self.change) = (size, own, change)
    }

    func swap(_ requests: [SwapRequest]) throws -> [SwappedFace] {
        batches.append(requests.count)
        self.requests += requests
        return try requests.map {
            SwappedFace(face: try change($0), mask: Plane(width: size, height: size, repeating: 1), own: own)
        }
    }
}

extension ConversionPipeline {
    /// With one person, as most tests have it.
    init(
        observer: any FaceDetectorSource, swapper: any FaceSwapper, settings: ConversionSettings,
        identity: Embedding?
    ) {
        self.init(
            observer: observer, roles: [SwapRole(swapper: swapper, identity: identity)], settings: settings)
    }
}

extension Converter {
    /// With one person, as most tests have it.
    init(
        observer: any FaceDetectorSource, swapper: any FaceSwapper,
        settings: ConversionSettings = ConversionSettings()
    ) {
        self.init(observer: observer, roles: [SwapRole(swapper: swapper)], settings: settings)
    }

    /// Converts and publishes, without signature and record.
    func convert(
        target: URL, output: URL, comparison: URL? = nil, encoding: EncodingSettings = EncodingSettings(),
        share: ConversionShare = .all, partLength: Int = ConversionPlan.standardLength,
        announce: @Sendable ([String]) -> Void = { _ in },
        allowsUnchanged: Bool = false, begin: () throws -> Void = {},
        progress: @escaping ProgressHandler = { _ in }
    ) throws -> ConversionReport {
        let sequence = PictureSequence(output)
        let name = share == .all ? nil : "\(share.index)-of-\(share.count)"
        let main = try OutputTransaction(sequence?.folder ?? output, share: name)
        let beside = try comparison.map { try OutputTransaction($0, share: name) }
        defer {
            beside?.leave()
            main.leave()
        }
        let report = try convert(
            target: target, output: main, sequence: sequence, comparison: beside, encoding: encoding,
            share: share, partLength: partLength, announce: announce, allowsUnchanged: allowsUnchanged,
            begin: begin,
            progress: progress)
        guard report.partsLeft == 0 else { return report }
        try main.alone {
            for transaction in [beside, main].compactMap({ $0 }) {
                try transaction.publish()
                transaction.close()
            }
        }
        return report
    }
}

/// Peak signal-to-noise ratio in dB over the pixels where `counts`; infinite where nothing differs.
func psnr(_ a: Picture, _ b: Picture, where counts: (Int) -> Bool = { _ in true }) -> Double {
    var (sum, count) = (0.0, 0)
    for pixel in 0..<a.width * a.height where counts(pixel) {
        for channel in 0..<3 {
            let difference = Double(a.pixels[pixel * 3 + channel]) - Double(b.pixels[pixel * 3 + channel])
            sum += difference * difference
            count += 1
        }
    }
    return sum == 0 ? .infinity : 10 * log10(255 * 255 * Double(count) / sum)
}
