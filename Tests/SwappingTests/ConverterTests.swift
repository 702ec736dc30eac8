import Faces
import Foundation
import Media
import Pictures
import Provenance
import Swapping
import Tensors
import Testing
import Vision

/// The sample clips of the repository, and the networks' weights.
enum Samples {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL
    static let weights = root.appendingPathComponent(".deps/weights")
    static let target = clip("target-c.mp4")

    static func clip(_ name: String) -> URL { root.appendingPathComponent("Samples/\(name)") }

    /// Whether `Scripts/setup` has converted the networks' weights.
    static var hasWeights: Bool {
        FileManager.default.fileExists(atPath: weights.appendingPathComponent("yunet.safetensors").path)
    }
}

@Suite("Converter")
struct ConverterTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("converter-\(UUID().uuidString)")

    /// A clip of waves in losslessly encoded YUV, as a target.
    private func target(_ frames: Int) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appendingPathComponent("target.mkv")
        let info = VideoInfo(width: 160, height: 120, frameRate: Rational(25))
        let writer = try VideoWriter(url, like: info, settings: EncodingSettings(codec: .ffv1))
        for index in 0..<frames {
            try writer.append(try VideoFrame(MemoryFrame.waves(index).pixels, index: index, like: info))
        }
        try writer.finish()
        return url
    }

    /// The usual settings with a known number in the watermark.
    private var marked: ConversionSettings {
        var settings = ConversionSettings()
        settings.marks.watermark = 5
        return settings
    }

    private func frames(_ url: URL) throws -> [VideoFrame] {
        let reader = try VideoReader(url)
        var frames: [VideoFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    private func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("frames without a face stay unchanged except for the marks, if other frames have a face")
    func untouched() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(12)
        let output = folder.appendingPathComponent("output.mkv")
        let converter = Converter(
            observer: ScriptedObserver { $0 == 11 ? [scriptedFace(x: 80, y: 58)] : [] },
            swapper: ScriptedSwapper(), settings: marked)
        let watermark = try #require(WatermarkEmbedder(id: 5, width: 160, height: 120))
        let report = try converter.convert(
            target: target, output: output, encoding: EncodingSettings(codec: .ffv1))
        #expect(report.frames == 12 && report.swapped == 1 && report.unreadable == 0)
        let place = SyntheticLabel(frameWidth: 160, frameHeight: 120).region(in: .bottomRight)
        let pairs = zip(try frames(target), try frames(output))
        var count = 0
        for (before, after) in pairs.prefix(11) {
            count += 1
            #expect(before.time == after.time)
            let old = try before.changingLuma(watermark.mark).nativeSamples()
            let new = try after.nativeSamples()
            #expect(old != new, "the label")
            let differing = zip(old[0], new[0]).enumerated().filter { $0.element.0 != $0.element.1 }.map(
                \.offset)
            #expect(
                differing.allSatisfy {
                    place.sharedArea(PixelRegion(x: $0 % 160, y: $0 / 160, width: 1, height: 1)) == 1
                })
        }
        #expect(count == 11)
    }

    @Test("a still equals the frame of the whole conversion", arguments: [0, 20, 39])
    func still(_ number: Int) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(40)
        func converter() -> Converter {
            Converter(
                observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] },
                swapper: ScriptedSwapper { request in
                    var dark = request.crop
                    dark.pixels = dark.pixels.map { $0 / 2 }
                    return dark
                }, settings: marked)
        }
        let output = folder.appendingPathComponent("output.mkv")
        _ = try converter().convert(target: target, output: output, encoding: EncodingSettings(codec: .ffv1))
        let still = try converter().still(target: target, frame: number)
        let (before, after) = (try frames(target)[number].picture(), try frames(output)[number].picture())
        #expect(still.target == before && before != after)
        #expect(psnr(still.result, after) > 60)
    }

    @Test("an error names a missing frame")
    func noStill() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(8)
        let converter = Converter(observer: ScriptedObserver { _ in [] }, swapper: ScriptedSwapper())
        let error = #expect(throws: SwappingError.self) { try converter.still(target: target, frame: 100) }
        #expect(error?.message.contains("has no frame 100") == true && error?.isBadInput == true)
    }

    @Test("a comparison contains target and result side by side, frame by frame")
    func comparison() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(12)
        let (output, both) = (
            folder.appendingPathComponent("output.mkv"), folder.appendingPathComponent("both.mp4")
        )
        _ = try Converter(
            observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] },
            swapper: ScriptedSwapper { _ in Picture(width: 96, height: 96, red: 20, green: 200, blue: 20) }
        ).convert(
            target: target, output: output, comparison: both, encoding: EncodingSettings(codec: .ffv1))
        let pairs = try frames(both)
        let (before, after) = (try frames(target), try frames(output))
        #expect(pairs.count == 12)
        for (index, pair) in pairs.enumerated() {
            let picture = try pair.picture()
            #expect(picture.width == 320 && picture.height == 120)
            let left = picture.cropped(x: 0, y: 0, width: 160, height: 120)
            let right = picture.cropped(x: 160, y: 0, width: 160, height: 120)
            #expect(try psnr(left, before[index].picture()) > 28)
            #expect(try psnr(right, after[index].picture()) > 28)
        }
        #expect(
            try Data(contentsOf: both).range(of: Data("compositeWithTrainedAlgorithmicMedia".utf8)) != nil)
    }

    @Test("the target is kept under a black matte; a matte of another size or length is rejected")
    func matte() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(24)
        let info = try VideoReader(target).info
        // White on the left for twelve frames, then on the right.
        func halves(_ count: Int, to name: String, width: Int = 160) throws -> URL {
            let url = folder.appendingPathComponent(name)
            var matteInfo = VideoInfo(
                width: width, height: 120, frameRate: info.frameRate, timeBase: info.timeBase)
            matteInfo.isVariableRate = false
            let writer = try VideoWriter(url, like: matteInfo, settings: EncodingSettings(codec: .ffv1))
            for number in 0..<count {
                var picture = Picture(width: width, height: 120)
                for place in 0..<width * 120 where (place % width < 80) == (number < 12) {
                    for channel in 0..<3 { picture.pixels[place * 3 + channel] = 255 }
                }
                try writer.append(VideoFrame(picture, index: number, like: matteInfo))
            }
            try writer.finish()
            return url
        }
        func convert(_ matte: URL) throws -> [VideoFrame] {
            let output = folder.appendingPathComponent("output.mkv")
            let roles = [
                SwapRole(
                    swapper: ScriptedSwapper { _ in
                        Picture(width: 96, height: 96, red: 20, green: 200, blue: 20)
                    })
            ]
            _ = try Converter(
                observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] }, roles: roles,
                settings: ConversionSettings(composite: CompositeSettings(colour: .none)),
                matte: Matte(matte, for: target)
            ).convert(target: target, output: output, encoding: EncodingSettings(codec: .ffv1))
            return try frames(output)
        }
        for (number, frame) in try convert(halves(24, to: "matte.mkv")).enumerated() {
            let picture = try frame.picture()
            func isGreen(_ x: Int) -> Bool {
                let start = (58 * 160 + x) * 3
                return zip(picture.pixels[start..<start + 3], [20, 200, 20]).allSatisfy {
                    abs(Int($0) - $1) < 20
                }
            }
            #expect(isGreen(70) == (number < 12), "\(number)")
            #expect(isGreen(90) == (number >= 12), "\(number)")
        }
        let short = #expect(throws: SwappingError.self) { try convert(halves(8, to: "short.mkv")) }
        #expect(short?.message.contains("as long as the target") == true && short?.code == .matte)
        let none = #expect(throws: SwappingError.self) {
            try convert(folder.appendingPathComponent("no.png"))
        }
        #expect(none?.message.contains("no.png: no such file") == true)
        let wide = #expect(throws: SwappingError.self) { try convert(halves(24, to: "wide.mkv", width: 170)) }
        #expect(wide?.message.contains("170×120") == true)
    }

    @Test("a failed or cancelled output leaves no files")
    func failure() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(30)
        let output = folder.appendingPathComponent("output.mp4")
        struct Broken: Error {}
        #expect(throws: Broken.self) {
            try Converter(
                observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] },
                swapper: ScriptedSwapper { request in
                    if request.frame == 20 { throw Broken() }
                    return request.crop
                }
            ).convert(target: target, output: output)
        }
        #expect(try contents() == ["target.mkv"])
        let task = Task.detached {
            try Converter(
                observer: ScriptedObserver { number in
                    if number == 15 { withUnsafeCurrentTask { $0?.cancel() } }
                    return [scriptedFace(x: 80, y: 58)]
                }, swapper: ScriptedSwapper()
            ).convert(target: target, output: output)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try contents() == ["target.mkv"])
    }

    @Test("the target itself is not overwritten")
    func inPlace() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(2)
        #expect(throws: SwappingError.self) {
            try Converter(observer: ScriptedObserver { _ in [] }, swapper: ScriptedSwapper())
                .convert(target: target, output: target)
        }
    }

    // Needs ../shared/data and the networks' weights.
    @Test(
        "a real clip swapped with itself: faces found, sound kept, labelled, nearly the target",
        .enabled(if: Samples.hasWeights))
    func performer() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keep = ProcessInfo.processInfo.environment["DIMORPH_KEEP"].map { URL(fileURLWithPath: $0) }
        let output = (keep ?? folder).appendingPathComponent("identity.mp4")
        let clip = folder.appendingPathComponent("clip.mp4")
        try shorten(Samples.target, to: clip, frames: 50)
        let analyser = try FaceAnalyser(weights: Samples.weights, device: .cpu)
        let report = try Converter(observer: analyser, swapper: ScriptedSwapper(size: 320))
            .convert(target: clip, output: output, encoding: EncodingSettings(quality: 8))
        print(report, report.stageRates, report.framesPerSecond)
        #expect(report.frames == 50 && report.swapped >= 48)
        let result = try VideoReader(output)
        #expect(result.info.hasAudio)
        #expect(
            try Data(contentsOf: output).range(of: Data("compositeWithTrainedAlgorithmicMedia".utf8)) != nil)
        let before = try VideoReader(clip)
        // The label's rows in both possible positions are not compared.
        for _ in 0..<50 {
            let (a, b) = (
                try #require(try before.next()).picture(), try #require(try result.next()).picture()
            )
            #expect(psnr(a, b, where: { (40..<340).contains($0 / 384) }) > 38)
        }
    }

    private func shorten(_ url: URL, to short: URL, frames: Int) throws {
        let reader = try VideoReader(url)
        let writer = try VideoWriter(
            short, like: reader.info, settings: EncodingSettings(quality: 6), tracksFrom: url)
        for _ in 0..<frames {
            guard let frame = try reader.next() else { break }
            try writer.append(frame)
        }
        try writer.finish()
    }
}
