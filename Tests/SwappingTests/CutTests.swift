import Faces
import Foundation
import Media
import Pictures
import Provenance
import Swapping
import Testing
import Vision

/// What is followed, bridged and averaged along time ends at a cut.
@Suite("Cuts in a conversion")
struct CutTests {
    private func convert(
        _ count: Int, observer: ScriptedObserver, swapper: ScriptedSwapper = ScriptedSwapper(),
        settings: ConversionSettings = ConversionSettings(), identity: Embedding? = nil,
        frame: @escaping (Int) -> MemoryFrame = { .waves($0) }
    ) throws -> (frames: [MemoryFrame], report: ConversionReport) {
        let pipeline = ConversionPipeline<MemoryFrame>(
            observer: observer, swapper: swapper, settings: settings, identity: identity)
        nonisolated(unsafe) var written: [MemoryFrame] = []
        var next = 0
        let report = try pipeline.run(
            output: MarkedOutput(frameWidth: 160, frameHeight: 120, marks: Marks(watermark: 1)),
            source: {
                guard next < count else { return nil }
                defer { next += 1 }
                return frame(next)
            }, sink: { written.append($0) })
        return (written, report)
    }

    private let face = { (track: Int) in scriptedFace(x: 80, y: 58, track: track) }

    @Test("a face lost in one shot is bridged; an insert between two shots is not", arguments: 1...4)
    func inserts(_ length: Int) throws {
        let insert = 10..<10 + length
        let lost = ScriptedObserver { insert.contains($0) ? [] : [self.face(1)] }
        #expect(try convert(24, observer: lost).report.swapped == 24)
        let swapper = ScriptedSwapper()
        let cut = ScriptedObserver(
            scenes: { ($0 < insert.lowerBound ? 0 : insert.contains($0) ? 1 : 2, 0) },
            { insert.contains($0) ? [] : [self.face($0 < insert.lowerBound ? 1 : 2)] })
        #expect(try convert(24, observer: cut, swapper: swapper).report.swapped == 24 - length)
        #expect(swapper.requests.allSatisfy { !insert.contains($0.frame) })
    }

    @Test(
        "within a shot nothing is painted where another face was found, nor where the place looks otherwise")
    func evidence() throws {
        let stranger = ScriptedSwapper()
        let other = ScriptedObserver { number in
            number == 10
                ? [scriptedFace(x: 84, y: 60, track: 7, embedding: axis(9))]
                : [scriptedFace(x: 80, y: 58, embedding: axis(3))]
        }
        let report = try convert(20, observer: other, swapper: stranger, identity: axis(3)).report
        #expect(report.swapped == 19 && stranger.requests.allSatisfy { $0.face.track == 1 })
        // A hand, of one colour, before the whole face; and a black picture that was not seen as a cut.
        for hidden in [Picture(width: 160, height: 120, red: 190, green: 140, blue: 110), nil] {
            let observer = ScriptedObserver { (10..<13).contains($0) ? [] : [self.face(1)] }
            let report = try convert(24, observer: observer) { number in
                var frame = MemoryFrame.waves(number)
                if (10..<13).contains(number) {
                    frame.pixels = hidden ?? Picture(width: 160, height: 120)
                }
                return frame
            }.report
            #expect(report.swapped == 21)
        }
    }

    @Test("a face that no embedding has been seen of is not taken for the person who is looked for")
    func unknown() throws {
        let observer = ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] }
        #expect(try convert(10, observer: observer, identity: axis(3)).report.swapped == 0)
    }

    /// A bright stretch from frame 10 on, or in frame 10 alone, of another shot or of another light.
    private func middles(_ bright: Range<Int>, scenes: @escaping (Int) -> (shot: Int, light: Int)) throws
        -> [Double]
    {
        let observer = ScriptedObserver(scenes: scenes) { _ in [self.face(1)] }
        let grey = ScriptedSwapper { _ in Picture(width: 96, height: 96, red: 110, green: 110, blue: 110) }
        let frames = try convert(20, observer: observer, swapper: grey) { number in
            let shade: UInt8 = bright.contains(number) ? 200 : 60
            return MemoryFrame(
                number: number,
                pixels: Picture(width: 160, height: 120, red: shade, green: shade, blue: shade))
        }.frames
        return frames.map { Double($0.pixels.pixels[(58 * 160 + 80) * 3 + 1]) }
    }

    @Test("colours are those of the frame's own shot and light, up to the last frame before a cut or a flash")
    func colours() throws {
        let cut = try middles(10..<20) { ($0 < 10 ? 0 : 1, 0) }
        #expect(cut[..<10].allSatisfy { abs($0 - 60) < 8 } && cut[10...].allSatisfy { abs($0 - 200) < 8 })
        let flash = try middles(10..<11) { (0, $0 < 10 ? 0 : $0 == 10 ? 1 : 2) }
        #expect(flash[..<10].allSatisfy { abs($0 - 60) < 8 } && flash[11...].allSatisfy { abs($0 - 60) < 8 })
        #expect(abs(flash[10] - 200) < 8)
        // Without a scene's end they are averaged: this is what is left out above.
        let blind = try middles(10..<20) { _ in (0, 0) }
        #expect(blind[9] > 80 && blind[10] < 180)
    }

    @Test("the alignment is not smoothed over a cut, and a face does not fade in behind one")
    func smoothing() throws {
        let swapper = ScriptedSwapper { _ in Picture(width: 96, height: 96, red: 10, green: 220, blue: 10) }
        var settings = ConversionSettings(composite: CompositeSettings(colour: .none))
        settings.composite.fade = 4
        // The same track on both sides, as if the tracker had not seen the cut.
        let observer = ScriptedObserver(scenes: { ($0 < 10 ? 0 : 1, 0) }) {
            [scriptedFace(x: $0 < 10 ? 70 : 90, y: 58)]
        }
        let frames = try convert(20, observer: observer, swapper: swapper, settings: settings).frames
        for request in swapper.requests {
            #expect(abs(request.face.alignment.centre.x - (request.frame < 10 ? 70 : 90)) < 1e-6)
            #expect(request.neighbours.allSatisfy { ($0.frame < 10) == (request.frame < 10) })
        }
        for (number, x) in [(9, 70), (10, 90)] {
            #expect(frames[number].pixels.pixels[(58 * 160 + x) * 3 + 1] > 205)
        }
    }
}

/// Real analysis, with the two rendered performers of `Samples`.
@Suite("Inserts in a clip")
struct InsertTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("inserts-\(UUID().uuidString)")
    private static func sample(_ name: String, _ count: Int) throws -> [VideoFrame] {
        let reader = try VideoReader(Samples.clip("\(name)"))
        return try (0..<count).map { _ in try #require(try reader.next()) }
    }

    enum Insert: String, CaseIterable { case card, black, person, crossfade, flash }

    private func write(_ pictures: [Picture], _ name: String) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appendingPathComponent(name)
        let info = VideoInfo(width: 384, height: 384, frameRate: Rational(25))
        let writer = try VideoWriter(url, like: info, settings: EncodingSettings(codec: .ffv1))
        for (index, picture) in pictures.enumerated() {
            try writer.append(VideoFrame(picture, index: index, like: info))
        }
        try writer.finish()
        return url
    }

    private func samples(_ url: URL) throws -> [[[UInt8]]] {
        let reader = try VideoReader(url)
        var result: [[[UInt8]]] = []
        while let frame = try reader.next() { result.append(try frame.nativeSamples()) }
        return result
    }

    @Test(
        "1 to 4 frames of something else: only the person's frames change, the others to no bit",
        arguments: Insert.allCases, 1...4)
    func inserts(_ kind: Insert, _ length: Int) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try Self.sample("target-c.mp4", 20).map { try $0.picture() }
        let other = try Self.sample("performer-a.mp4", 20).map { try $0.picture() }
        let analyser = try FaceAnalyser(weights: Samples.weights, device: .cpu)
        let identity = try #require(analyser.faces(in: target[0]).first?.embedding)
        let insert = 9..<9 + length
        let pictures = (0..<20).map { number -> Picture in
            guard insert.contains(number) else { return target[number] }
            switch kind {
            case .black: return Picture(width: 384, height: 384)
            case .card:
                var card = Picture(width: 384, height: 384)
                for index in card.pixels.indices { card.pixels[index] = UInt8(index / 3 % 384 / 48 * 36) }
                return card
            case .person: return other[number]
            case .crossfade:
                return target[number].blended(
                    with: other[number], amount: Plane(width: 384, height: 384, repeating: 0.85))
            case .flash:
                var flash = target[number]
                flash.pixels = flash.pixels.map { UInt8(min(255, Int($0) + 190)) }
                return flash
            }
        }
        let clip = try write(pictures, "clip.mkv")
        var settings = ConversionSettings()
        settings.marks.watermark = 3
        func run(_ observer: any FaceDetectorSource, _ name: String, identity: Embedding?) throws
            -> ConversionReport
        {
            let swapper = ScriptedSwapper(size: 128) { _ in
                Picture(width: 128, height: 128, red: 20, green: 200, blue: 20)
            }
            return try Converter(
                observer: observer, roles: [SwapRole(swapper: swapper, identity: identity, least: 0.6)],
                settings: settings
            ).convert(
                target: clip, output: folder.appendingPathComponent(name),
                encoding: EncodingSettings(codec: .ffv1))
        }
        let report = try run(analyser, "swapped.mkv", identity: identity)
        // Marked for the face in its last frame alone, which is not compared.
        _ = try run(
            ScriptedObserver { $0 == 19 ? [scriptedFace(x: 190, y: 190)] : [] }, "marked.mkv", identity: nil)
        let (swapped, marked) = (
            try samples(folder.appendingPathComponent("swapped.mkv")),
            try samples(folder.appendingPathComponent("marked.mkv"))
        )
        #expect(swapped.count == 20 && marked.count == 20)
        let changed = (0..<19).filter { swapped[$0] != marked[$0] } + [19]
        // In a flash the face may be seen; if it is, it is the person's.
        let allowed = kind == .flash ? Set(changed).intersection(insert) : []
        #expect(Set(changed) == Set(0..<20).subtracting(insert).union(allowed))
        #expect(report.swapped == changed.count)
    }
}
