import Faces
import Foundation
import Pictures
import Provenance
import Swapping
import Testing
import Vision

@Suite("Conversion pipeline")
struct PipelineTests {
    private let moving = { (number: Int) in [scriptedFace(x: 80 + Double(number % 7), y: 58)] }

    private func convert(
        _ count: Int, settings: ConversionSettings = ConversionSettings(), identity: Embedding? = nil,
        swapper: ScriptedSwapper = ScriptedSwapper(), faces: @escaping (Int) -> [ObservedFace]
    ) throws -> (frames: [MemoryFrame], report: ConversionReport) {
        let pipeline = ConversionPipeline<MemoryFrame>(
            observer: ScriptedObserver(faces), swapper: swapper, settings: settings, identity: identity)
        return try pipeline.converted(waves: count, marks: Marks(watermark: 1))
    }

    /// A frame with only the watermark: the baseline of every output.
    private func watermarked(_ frame: MemoryFrame) throws -> Picture {
        let watermark = try #require(WatermarkEmbedder(id: 1, width: frame.width, height: frame.height))
        return try frame.changingLuma(watermark.mark).pixels
    }

    private let label = SyntheticLabel(frameWidth: 160, frameHeight: 120)

    /// Whether a pixel is outside the label's four possible positions.
    private func unlabelled(_ pixel: Int) -> Bool {
        SyntheticLabel.Corner.allCases.allSatisfy { corner in
            label.region(in: corner).sharedArea(
                PixelRegion(x: pixel % 160, y: pixel / 160, width: 1, height: 1)) == 0
        }
    }

    @Test("every frame is emitted once and in order, for any clip length", arguments: [0, 1, 3, 7, 40])
    func order(_ count: Int) throws {
        let (frames, report) = try convert(count, faces: moving)
        #expect(frames.map(\.number) == Array(0..<count))
        #expect(report.frames == count && report.swapped == count)
        #expect(
            count == 0
                || Set(report.stages.keys) == ["decode", "vision", "network", "composite", "mark", "encode"])
    }

    @Test(
        "the identity swap reproduces the watermarked target: above 40 dB around the face, nearly exact elsewhere"
    )
    func identity() throws {
        let (frames, _) = try convert(12, faces: moving)
        for frame in frames {
            let plain = try watermarked(.waves(frame.number))
            // The crop's side is 1.6 · 44 = 70 pixels; the watermark's strength depends on 16 pixels around.
            let near = { (pixel: Int) in
                abs(pixel % 160 - 83) < 58 && abs(pixel / 160 - 58) < 56
            }
            #expect(psnr(plain, frame.pixels, where: { near($0) && unlabelled($0) }) > 40)
            // In textured frames the watermark's strength depends on the whole frame: differences of one level.
            #expect(psnr(plain, frame.pixels, where: { !near($0) && unlabelled($0) }) > 75)
        }
    }

    @Test("every frame carries the label, with or without a face; a frame without one is otherwise unchanged")
    func labels() throws {
        let (frames, report) = try convert(20, settings: ConversionSettings(longestGap: 0)) {
            $0 % 3 == 0 ? [] : [scriptedFace(x: 80, y: 58)]
        }
        #expect(report.swapped == 13)
        for frame in frames {
            let plain = try watermarked(.waves(frame.number))
            let place = label.region(in: .bottomRight)
            let shown = frame.picture(x: place.x, y: place.y, width: place.width, height: place.height)
            let below = plain.cropped(x: place.x, y: place.y, width: place.width, height: place.height)
            #expect(shown == label.drawn(on: below))
            if frame.number % 3 == 0 { #expect(psnr(plain, frame.pixels, where: unlabelled) == .infinity) }
        }
    }

    @Test("the face most similar to the identity is swapped, and none if all are other people")
    func choice() throws {
        let swapper = ScriptedSwapper()
        let both = { (number: Int) in
            [
                scriptedFace(x: 40, y: 60, width: 40, track: 1, embedding: number % 5 == 0 ? axis(3) : nil),
                scriptedFace(x: 115, y: 60, width: 30, track: 2, embedding: number % 5 == 0 ? axis(4) : nil),
            ]
        }
        _ = try convert(10, identity: axis(4), swapper: swapper, faces: both)
        #expect(swapper.requests.count == 10)
        #expect(swapper.requests.allSatisfy { $0.face.track == 2 })
        let (_, none) = try convert(10, identity: axis(9), faces: both)
        #expect(none.swapped == 0)
        let largest = ScriptedSwapper()
        _ = try convert(10, swapper: largest, faces: both)
        #expect(largest.requests.allSatisfy { $0.face.track == 1 })
    }

    /// Two people side by side, one of them visible first; axis 3 is swapped to red, axis 4 to green.
    private func pair(
        _ edits: EditList = EditList(), faces: @escaping (Int) -> [ObservedFace]
    ) throws -> (frames: [MemoryFrame], red: ScriptedSwapper, green: ScriptedSwapper) {
        let red = ScriptedSwapper(size: 64) { _ in
            Picture(width: 64, height: 64, red: 220, green: 10, blue: 10)
        }
        let green = ScriptedSwapper { _ in Picture(width: 96, height: 96, red: 10, green: 220, blue: 10) }
        var settings = ConversionSettings(composite: CompositeSettings(colour: .none))
        settings.edits = edits
        let pipeline = ConversionPipeline<MemoryFrame>(
            observer: ScriptedObserver(faces),
            roles: [
                SwapRole(person: "one", swapper: red, identity: axis(3)),
                SwapRole(person: "two", swapper: green, identity: axis(4)),
            ], settings: settings)
        nonisolated(unsafe) var written: [MemoryFrame] = []
        var next = 0
        _ = try pipeline.run(
            output: MarkedOutput(frameWidth: 160, frameHeight: 120, marks: Marks(watermark: 1)),
            source: {
                defer { next += 1 }
                return next < 20 ? .waves(next) : nil
            }, sink: { written.append($0) })
        return (written, red, green)
    }

    private func colour(_ frame: MemoryFrame, _ x: Int, _ y: Int) -> [Int] {
        let start = (y * 160 + x) * 3
        return frame.pixels.pixels[start..<start + 3].map { Int($0) }
    }

    @Test("several people get their own faces in one pass, by models of different sizes")
    func people() throws {
        let both = { (number: Int) in
            [
                scriptedFace(x: 40, y: 60, width: 30, track: 1, embedding: number % 5 == 0 ? axis(4) : nil),
                scriptedFace(x: 118, y: 60, width: 30, track: 2, embedding: number % 5 == 0 ? axis(3) : nil),
                scriptedFace(x: 80, y: 20, width: 16, track: 3, embedding: axis(9)),
            ]
        }
        let (frames, red, green) = try pair(faces: both)
        #expect(frames.count == 20 && red.requests.count == 20 && green.requests.count == 20)
        #expect(red.requests.allSatisfy { $0.face.track == 2 })
        #expect(green.requests.allSatisfy { $0.face.track == 1 })
        for frame in frames {
            #expect(zip(colour(frame, 40, 60), [10, 220, 10]).allSatisfy { abs($0 - $1) < 12 })
            #expect(zip(colour(frame, 118, 60), [220, 10, 10]).allSatisfy { abs($0 - $1) < 12 })
        }
    }

    @Test("among several people a face of unknown identity is not assigned, and no face is assigned twice")
    func otherPerson() throws {
        let (_, red, green) = try pair { _ in [scriptedFace(x: 80, y: 60)] }
        #expect(red.requests.isEmpty && green.requests.isEmpty)
        var alike = axis(3).values
        alike[4] = 0.8
        let both = Embedding(values: alike)
        let (_, first, second) = try pair { _ in [scriptedFace(x: 80, y: 60, embedding: both)] }
        #expect(first.requests.count == 20 && second.requests.isEmpty)
    }

    @Test("overlapping faces are composited in order")
    func overlap() throws {
        let close = { (_: Int) in
            [
                scriptedFace(x: 60, y: 60, width: 44, track: 1, embedding: axis(3)),
                scriptedFace(x: 88, y: 60, width: 44, track: 2, embedding: axis(4)),
            ]
        }
        let frame = try #require(try pair(faces: close).frames.last)
        #expect(colour(frame, 50, 60)[0] > 200, "the first one's face is still there")
        #expect(colour(frame, 96, 60)[1] > 200)
    }

    @Test("edits that name a person do not affect the other")
    func editsOfPeople() throws {
        var edit = Edit(from: 0.4)
        (edit.person, edit.swap) = ("one", false)
        let both = { (_: Int) in
            [
                scriptedFace(x: 40, y: 60, width: 30, track: 1, embedding: axis(3)),
                scriptedFace(x: 118, y: 60, width: 30, track: 2, embedding: axis(4)),
            ]
        }
        let (_, red, green) = try pair(EditList([edit]), faces: both)
        #expect(red.requests.map(\.frame) == Array(0..<10))
        #expect(green.requests.count == 20)
    }

    @Test("a face fades at the start and end of its track, but not at those of the video")
    func fades() throws {
        let green = ScriptedSwapper { _ in Picture(width: 96, height: 96, red: 10, green: 220, blue: 10) }
        var settings = ConversionSettings(composite: CompositeSettings(colour: .none), longestGap: 0)
        settings.composite.fade = 3
        let (frames, _) = try convert(30, settings: settings, swapper: green) {
            (10..<20).contains($0) ? [] : [scriptedFace(x: 80, y: 60)]
        }
        let shares = try frames.map { frame in
            let plain = try watermarked(.waves(frame.number))
            let start = (60 * 160 + 80) * 3
            let (old, new) = (Float(plain.pixels[start + 1]), Float(frame.pixels.pixels[start + 1]))
            return (new - old) / (220 - old)
        }
        #expect(shares[0] > 0.93 && shares[29] > 0.93)
        #expect(shares[10..<20].allSatisfy { abs($0) < 0.06 })
        for (frame, share) in [(6, 1), (7, 0.75), (8, 0.5), (9, 0.25), (20, 0.25), (21, 0.5), (23, 1)]
            as [(Int, Float)]
        {
            #expect(abs(shares[frame] - share) < 0.08, "\(frame)")
        }
    }

    @Test("holes in the segmentation are closed, and the face ends at the edge of the person")
    func segmentation() throws {
        /// Segments a person on the left, with a hole.
        struct Holed: FaceSegmenter {
            func person(in picture: Picture) -> Plane {
                Plane(
                    width: picture.width, height: picture.height,
                    values: (0..<picture.width * picture.height).map { index in
                        let (x, y) = (index % picture.width, index / picture.width)
                        let isHole = abs(x - 36) < 4 && abs(y - 48) < 3
                        return x < 60 && !isHole ? 1 : 0
                    })
            }
        }
        var settings = ConversionSettings(
            composite: CompositeSettings(mask: .segmentation, feather: 0, colour: .none))
        settings.layer = .mask
        let pipeline = ConversionPipeline<MemoryFrame>(
            observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] },
            roles: [SwapRole(swapper: ScriptedSwapper())], settings: settings, segmenter: Holed())
        let mask = try #require(pipeline.converted(waves: 3).frames.last)
        let transform = scriptedFace(x: 80, y: 58).alignment.crop(.full, size: 96).inverse
        func grey(_ x: Double, _ y: Double) -> Int {
            let place = transform(Point(x, y))
            return colour(mask, Int(place.x.rounded()), Int(place.y.rounded()))[0]
        }
        #expect(grey(36, 48) > 250 && grey(50, 52) > 250)
        #expect(grey(68, 52) == 0)
    }

    @Test("the face layer over the target equals the result, and the mask layer its alpha")
    func layers() throws {
        func layer(_ layer: ConversionLayer) throws -> [MemoryFrame] {
            var settings = ConversionSettings()
            settings.layer = layer
            let dark = ScriptedSwapper { request in
                var crop = request.crop
                crop.pixels = crop.pixels.map { $0 / 2 }
                return crop
            }
            return try convert(6, settings: settings, swapper: dark) { _ in [scriptedFace(x: 80, y: 52)] }
                .frames
        }
        let (results, faces, masks) = (try layer(.result), try layer(.face), try layer(.mask))
        for (number, result) in results.enumerated() {
            let alpha = try #require(faces[number].alpha)
            let over = MemoryFrame.waves(number).pixels.blended(with: faces[number].pixels, amount: alpha)
            // Both carry a watermark.
            #expect(psnr(over, result.pixels, where: { unlabelled($0) }) > 40)
            let mask = masks[number].pixels
            for place in 0..<160 * 120 where unlabelled(place) {
                let grey = Float(mask.pixels[place * 3]) / 255
                guard abs(grey - alpha.values[place]) > 0.01 else { continue }
                Issue.record("alpha \(alpha.values[place]) and mask \(grey) at \(place)")
                break
            }
            #expect(alpha.values[52 * 160 + 80] > 0.999 && alpha.values[0] == 0)
            let place = label.region(in: .bottomRight)
            #expect(alpha.values[(place.y + 2) * 160 + place.x + 2] == 1, "the label is seen")
            #expect(faces[number].pixels != MemoryFrame.waves(number).pixels)
        }
    }

    @Test("the alignment is smoothed without delay, and the request contains the track around each frame")
    func smoothing() throws {
        let swapper = ScriptedSwapper()
        // A steady movement with a jitter of ±2 pixels.
        let jitter = { (number: Int) in (number * 7919 % 11 < 5 ? 2.0 : -2.0) }
        _ = try convert(40, swapper: swapper) { [scriptedFace(x: 60 + Double($0) + jitter($0), y: 58)] }
        let errors = swapper.requests.map { abs($0.face.alignment.centre.x - 60 - Double($0.frame)) }
        #expect(errors.dropFirst(6).dropLast(6).allSatisfy { $0 < 1.6 })
        #expect(errors.reduce(0, +) / 40 < 1, "without smoothing this is 2")
        let middle = swapper.requests[20].neighbours.map(\.frame)
        #expect(middle == Array(14...26))
    }

    @Test(
        "a face lost for a moment is interpolated and swapped; not one lost for longer, nor across a cut"
    )
    func gaps() throws {
        let swapper = ScriptedSwapper()
        let (_, report) = try convert(40, swapper: swapper) { number in
            let isLost = (10..<13).contains(number) || (20..<28).contains(number)
            return isLost ? [] : [scriptedFace(x: 60 + Double(number), y: 58)]
        }
        #expect(report.swapped == 40 - 8)
        let bridged = swapper.requests.filter { (10..<13).contains($0.frame) }
        #expect(bridged.map(\.frame) == [10, 11, 12])
        for request in bridged {
            #expect(abs(request.face.alignment.centre.x - 60 - Double(request.frame)) < 0.5)
            #expect(abs(request.face.landmarks.box.centre.x - 60 - Double(request.frame)) < 0.5)
        }
        let (_, cut) = try convert(20) { number in
            number == 10 ? [] : [scriptedFace(x: number < 10 ? 40 : 110, y: 58, track: number < 10 ? 1 : 2)]
        }
        #expect(cut.swapped == 19)
    }

    @Test("occluders stay in front of the swapped face")
    func occlusion() throws {
        // The model reconstructs the target's face without the bar that crosses it; the swapped face has one colour.
        let bar = { (pixel: Int) in (76..<90).contains(pixel % 160) && (28..<64).contains(pixel / 160) }
        let plain = MemoryFrame.waves(0)
        var barred = plain
        for pixel in 0..<160 * 120 where bar(pixel) {
            for (channel, value) in [40, 90, 220].enumerated() {
                barred.pixels.pixels[pixel * 3 + channel] = UInt8(value)
            }
        }
        let face = scriptedFace(x: 80, y: 58)
        let own = plain.pixels.crop(face.alignment.crop(.full, size: 96), width: 96, height: 96)
        func middle(_ keeps: Bool) throws -> (bar: Double, face: Double) {
            let swapper = ScriptedSwapper(own: own) { _ in
                Picture(width: 96, height: 96, red: 150, green: 110, blue: 90)
            }
            let settings = ConversionSettings(
                composite: CompositeSettings(mask: .hull, colour: .none, keepsOcclusion: keeps))
            let pipeline = ConversionPipeline<MemoryFrame>(
                observer: ScriptedObserver { _ in [face] }, swapper: swapper, settings: settings,
                identity: nil)
            nonisolated(unsafe) var frames: [MemoryFrame] = []
            var next = 0
            _ = try pipeline.run(
                output: MarkedOutput(frameWidth: 160, frameHeight: 120, marks: Marks(watermark: 1)),
                source: {
                    next += 1
                    return next > 8 ? nil : barred
                }, sink: { frames.append($0) })
            // Well inside the bar and the face, and well beside the bar.
            let inside = { (pixel: Int) in (80..<86).contains(pixel % 160) && (48..<58).contains(pixel / 160)
            }
            let beside = { (pixel: Int) in (64..<70).contains(pixel % 160) && (52..<62).contains(pixel / 160)
            }
            return (
                psnr(try watermarked(barred), frames[4].pixels, where: inside),
                psnr(try watermarked(barred), frames[4].pixels, where: beside)
            )
        }
        let (kept, painted) = (try middle(true), try middle(false))
        #expect(kept.bar > 35 && painted.bar < 15)
        #expect(kept.face < 30, "the swapped face is visible beside it")
        #expect(abs(kept.face - painted.face) < 1)
    }

    @Test("the network gets full batches, and frames without a face do not delay it indefinitely")
    func batches() throws {
        let swapper = ScriptedSwapper()
        _ = try convert(18, settings: ConversionSettings(batch: 4), swapper: swapper, faces: moving)
        #expect(swapper.batches == [4, 4, 4, 4, 2])
        let sparse = ScriptedSwapper()
        _ = try convert(40, settings: ConversionSettings(batch: 4), swapper: sparse) {
            $0 % 20 == 0 ? [scriptedFace(x: 80, y: 58)] : []
        }
        #expect(sparse.batches == [1, 1])
    }

    @Test("the swapped face takes the target's colours")
    func colour() throws {
        let swapper = ScriptedSwapper { request in
            var dark = request.crop
            dark.pixels = dark.pixels.map { UInt8(Double($0) * 0.7) }
            return dark
        }
        let plain = MemoryFrame.waves(4).pixels
        let near = { (pixel: Int) in abs(pixel % 160 - 84) < 16 && abs(pixel / 160 - 58) < 16 }
        let transfers: [ColourTransfer] = [
            .skin(reach: 0.3), .light(reach: 0.29), .seamless(reach: nil), .statistics(ColourMatch()),
            .linear(.lct),
            .linear(.mkl), .histogram,
        ]
        for colour in transfers {
            let settings = ConversionSettings(composite: CompositeSettings(colour: colour))
            let (frames, _) = try convert(8, settings: settings, swapper: swapper, faces: moving)
            // Waves of all colours are not skin, and other colours hardly change.
            let least: Double = if case .skin = colour { 24 } else { 25 }
            #expect(psnr(plain, frames[4].pixels, where: near) > least)
        }
        let raw = CompositeSettings(colour: .none)
        let (dark, _) = try convert(
            8, settings: ConversionSettings(composite: raw), swapper: swapper, faces: moving)
        #expect(psnr(plain, dark[4].pixels, where: near) < 20)
    }

    struct Broken: Error, Equatable { let stage: String }

    @Test(
        "an error of any stage stops all stages and is thrown",
        arguments: ["source", "swapper", "sink", "observer"])
    func failure(_ stage: String) throws {
        struct FailingObserver: FaceDetectorSource {
            let stage: String
            func reset() {}
            func faces(in picture: Picture) throws -> [ObservedFace] {
                if stage == "observer" { throw Broken(stage: stage) }
                return [scriptedFace(x: 80, y: 58)]
            }
        }
        let swapper = ScriptedSwapper { request in
            if stage == "swapper", request.frame == 9 { throw Broken(stage: stage) }
            return request.crop
        }
        let pipeline = ConversionPipeline<MemoryFrame>(
            observer: FailingObserver(stage: stage), swapper: swapper, settings: ConversionSettings(),
            identity: nil)
        var next = 0
        #expect(throws: Broken(stage: stage)) {
            try pipeline.run(
                output: MarkedOutput(frameWidth: 160, frameHeight: 120, marks: Marks(watermark: 1)),
                source: {
                    next += 1
                    if stage == "source", next == 11 { throw Broken(stage: stage) }
                    return next > 100 ? nil : .waves(next)
                }, sink: { if stage == "sink", $0.number == 5 { throw Broken(stage: stage) } })
        }
    }

    @Test("a face of the wrong size is an error, not a crash")
    func wrongSize() throws {
        let swapper = ScriptedSwapper { _ in Picture(width: 10, height: 10) }
        #expect(throws: SwappingError.self) { try convert(10, swapper: swapper, faces: moving) }
    }

    @Test("a cancelled task stops soon")
    func cancellation() async throws {
        let task = Task.detached {
            let pipeline = ConversionPipeline<MemoryFrame>(
                observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] }, swapper: ScriptedSwapper(),
                settings: ConversionSettings(), identity: nil)
            let endless = MemoryFrame.waves(0)
            return try pipeline.run(
                output: MarkedOutput(frameWidth: 160, frameHeight: 120, marks: Marks(watermark: 1)),
                source: { endless },
                sink: { _ in })
        }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("memory does not depend on the clip's length")
    func held() throws {
        func most(_ count: Int) throws -> Int {
            let held = Held()
            let pipeline = ConversionPipeline<CountedFrame>(
                observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] }, swapper: ScriptedSwapper(),
                settings: ConversionSettings(), identity: nil)
            var next = 0
            _ = try pipeline.run(
                output: MarkedOutput(frameWidth: 160, frameHeight: 120, marks: Marks(watermark: 1)),
                source: {
                    guard next < count else { return nil }
                    next += 1
                    return CountedFrame(token: Token(held))
                }, sink: { _ in })
            #expect(held.now == 0)
            return held.most
        }
        let short = try most(60)
        #expect(short <= 48)
        #expect(try most(400) <= 48)
    }
}

/// Current and greatest number of live tokens.
final class Held: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0
    private var peak = 0
    var now: Int { lock.withLock { count } }
    var most: Int { lock.withLock { peak } }

    func add(_ change: Int) {
        lock.withLock {
            count += change
            peak = max(peak, count)
        }
    }
}

final class Token: Sendable {
    let held: Held

    init(_ held: Held) {
        self.held = held
        held.add(1)
    }

    deinit { held.add(-1) }
}

/// A frame with a counted lifetime; all have the same picture.
struct CountedFrame: SwappableFrame {
    static let still = MemoryFrame.waves(0)
    let token: Token
    var width: Int { 160 }
    var height: Int { 120 }
    func blankCanvas(for layer: ConversionLayer) -> CountedFrame { self }
    func withAlpha(_ alpha: Plane, x: Int, y: Int) -> CountedFrame { self }
    var time: Double { 0 }

    func picture() -> Picture { Self.still.pixels }

    func picture(x: Int, y: Int, width: Int, height: Int) -> Picture {
        Self.still.picture(x: x, y: y, width: width, height: height)
    }

    func replacing(x: Int, y: Int, width: Int, height: Int, with other: Picture) -> CountedFrame { self }
}
