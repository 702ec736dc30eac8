import Faces
import Foundation
import Media
import Pictures
import Tensors
import Testing

@testable import Vision

/// Faces of the synthetic performer put onto plain pictures, so that place and number are known.
@Suite("The face analyser")
struct AnalyserTests {
    let face: Picture

    init() throws { face = try Golden().picture("picture") }

    func analyser(_ change: (inout AnalysisSettings) -> Void = { _ in }) throws -> FaceAnalyser {
        var settings = AnalysisSettings()
        settings.embedding = .never
        settings.expressions = false
        change(&settings)
        return try FaceAnalyser(weights: Weights.folder, device: .cpu, settings: settings)
    }

    /// The face at a place of a grey picture of 320 × 240.
    func scene(x: Int, y: Int = 50, shade: UInt8 = 90) -> Picture {
        face.placed(x: x, y: y, width: 320, height: 240, shade: shade)
    }

    @Test("one face: found, aligned, sure; its landmarks lie in it")
    func one() throws {
        let found = try analyser().faces(in: scene(x: 90))
        #expect(found.count == 1)
        let seen = try #require(found.first)
        #expect(seen.track == 0)
        #expect(seen.score > 0.6)
        #expect(seen.landmarks.presence > 0.9)
        #expect(abs(seen.pose.roll) < 20)
        let frame = Box(x: 90, y: 50, width: 128, height: 128)
        #expect(seen.landmarks.points.prefix(468).filter { frame.contains($0) }.count > 440)
        #expect((20...80).contains(seen.alignment.faceWidth))
        #expect(seen.embedding == nil)
    }

    @Test("a face that moves keeps its track, and its landmarks move with it")
    func moving() throws {
        let analyser = try analyser()
        var noses: [Double] = []
        for step in 0..<5 {
            let found = try analyser.faces(in: scene(x: 60 + 6 * step))
            #expect(found.map(\.track) == [0])
            if let face = found.first { noses.append(face.landmarks.points[4].x) }
        }
        for (before, after) in zip(noses, noses.dropFirst()) { #expect(abs(after - before - 6) < 1.5) }
    }

    @Test("two faces have two tracks that stay apart")
    func two() throws {
        let analyser = try analyser()
        for step in 0..<3 {
            var picture = scene(x: 10 + 3 * step)
            picture.put(face, x: 180 - 3 * step, y: 60)
            let found = try analyser.faces(in: picture)
            #expect(found.map(\.track) == [0, 1])
            guard found.count == 2 else { continue }
            let apart = found[0].box.centre.x - found[1].box.centre.x
            #expect(abs(abs(apart) - Double(170 - 6 * step)) < 8)
        }
    }

    @Test("no face, and no room for one: nothing, without an error")
    func none() throws {
        let analyser = try analyser()
        var noise = Picture(width: 200, height: 150)
        for index in noise.pixels.indices { noise.pixels[index] = UInt8((index &* 2_654_435_761 >> 7) & 255) }
        for picture in [
            noise, Picture(width: 64, height: 64), Picture(width: 1, height: 1),
            Picture(width: 900, height: 2),
        ] {
            analyser.reset()
            #expect(try analyser.faces(in: picture).isEmpty)
        }
    }

    @Test("a face that lies on its side is found, and its roll is right", arguments: [1, 2, 3])
    func turned(_ quarters: Int) throws {
        var picture = scene(x: 90)
        let upright = try #require(analyser().faces(in: picture).first)
        for _ in 0..<quarters { picture = picture.quarterTurned() }
        let found = try analyser().faces(in: picture)
        let roll = try #require(found.first).pose.roll - upright.pose.roll
        #expect(abs(remainder(Double(roll) - 90 * Double(quarters), 360)) < 6)
    }

    @Test("a cut ends the track, and so does a reset; numbers are never used twice")
    func cut() throws {
        let analyser = try analyser()
        #expect(try analyser.faces(in: scene(x: 90)).map(\.track) == [0])
        #expect(try analyser.faces(in: scene(x: 90)).map(\.track) == [0])
        #expect(try analyser.faces(in: scene(x: 90, shade: 210)).map(\.track) == [1])
        analyser.reset()
        #expect(try analyser.faces(in: scene(x: 90, shade: 210)).map(\.track) == [2])
    }

    @Test("an analyser that begins in the middle of a clip sees a cut to the frame before")
    func middle() throws {
        let first = try analyser { $0.threads = 1 }
        let second = FaceAnalyser(sharing: first)
        second.reset(after: scene(x: 90))
        let found = try second.faces(in: scene(x: 90))
        #expect(second.shot == 0)
        #expect(try found == first.faces(in: scene(x: 90)))
        second.reset(after: scene(x: 90))
        #expect(try second.faces(in: scene(x: 90, shade: 210)).count == 1)
        #expect(second.shot == 1)
        #expect(second.clock.detection > 0 && second.clock.landmarks > 0 && second.clock.identity == 0)
    }

    @Test("without following, every face is found anew, and keeps its track all the same")
    func everyFrame() throws {
        let analyser = try analyser { $0.follows = AnalysisSettings.everyFrame.follows }
        for step in 0..<4 { #expect(try analyser.faces(in: scene(x: 60 + 6 * step)).map(\.track) == [0]) }
    }

    @Test("a face that is hidden for a moment comes back under its number")
    func applyLatentDropout() throws {
        let analyser = try analyser()
        #expect(try analyser.faces(in: scene(x: 90)).map(\.track) == [0])
        let empty = Picture(width: 320, height: 240, red: 90, green: 90, blue: 90)
        for _ in 0..<3 { #expect(try analyser.faces(in: empty).isEmpty) }
        #expect(try analyser.faces(in: scene(x: 96)).map(\.track) == [0])
        // Much later it is another track.
        for _ in 0..<14 { _ = try analyser.faces(in: empty) }
        #expect(try analyser.faces(in: scene(x: 96)).map(\.track) == [1])
    }

    @Test("embeddings come where the policy asks for them, and know the person again in another place")
    func embeddings() throws {
        let analyser = try analyser { $0.embedding = .startOfTrack(frames: 1, thenEvery: 3) }
        var seen: [Embedding?] = []
        for step in 0..<4 { seen.append(try analyser.faces(in: scene(x: 60 + 9 * step)).first?.embedding) }
        #expect(seen.map { $0 != nil } == [true, false, false, true])
        let (first, last) = (try #require(seen[0]), try #require(seen[3]))
        #expect(first.cosine(last) > 0.9)
        #expect(abs(first.cosine(first) - 1) < 1e-5)
    }

    @Test("changing the size of the picture does not change where the face is")
    func scaled() throws {
        let small = try #require(analyser().faces(in: scene(x: 90)).first)
        let large = try #require(analyser().faces(in: scene(x: 90).resized(width: 960, height: 720)).first)
        #expect((large.alignment.centre * (1 / 3.0) - small.alignment.centre).length < 1.5)
        #expect(abs(large.alignment.faceWidth / 3 / small.alignment.faceWidth - 1) < 0.04)
    }

    @Test(
        "a performer is followed through a clip: one track, one person, talking")
    func performer() throws {
        let analyser = try analyser {
            $0.embedding = .startOfTrack(frames: 1, thenEvery: 10)
            $0.expressions = true
        }
        let reader = try VideoReader(Shared.clip("performers/performer-a.mp4"))
        var embeddings: [Embedding] = []
        var mouths: [(opening: Float, jaw: Float)] = []
        for index in 0..<20 {
            guard let frame = try reader.next() else { break }
            let found = try analyser.faces(in: try frame.picture())
            #expect(found.map(\.track) == [0], "frame \(index)")
            guard let face = found.first else { continue }
            mouths.append((face.openings.mouth, face.expression["jawOpen"]))
            if let embedding = face.embedding { embeddings.append(embedding) }
        }
        #expect(embeddings.count == 2)
        if embeddings.count == 2 { #expect(embeddings[0].cosine(embeddings[1]) > 0.8) }
        #expect(mouths.count == 20)
        #expect(mouths.allSatisfy { (0...1).contains($0.opening) && (0...1).contains($0.jaw) })
        #expect(Set(mouths.map(\.jaw)).count > 10)
    }

    @Test(
        "every frame of a clip filmed on its side or upside down shows its face, turned like the camera",
        arguments: [1, 2, 3])
    func sideways(_ quarters: Int) throws {
        let analyser = try analyser()
        let reader = try VideoReader(Shared.clip("performers/performer-a.mp4"))
        for index in 0..<301 {
            guard let frame = try reader.next() else { break }
            guard index % 30 == 0 else { continue }
            var picture = try frame.picture()
            analyser.reset()
            let upright = try #require(analyser.faces(in: picture).first)
            for _ in 0..<quarters { picture = picture.quarterTurned() }
            analyser.reset()
            let turned = try #require(analyser.faces(in: picture).first, "frame \(index)")
            let roll = Double(turned.pose.roll - upright.pose.roll) - 90 * Double(quarters)
            #expect(abs(remainder(roll, 360)) < 10, "frame \(index)")
        }
    }

    @Test(
        "a woman and a man beside each other: two tracks, two people",
        .enabled(
            if: Shared.has("pose/head-pose-face-detection-female-and-male.gif"),
            "needs the GIF of the shared clips (DIMORPH_SHARED)"))
    func people() throws {
        let analyser = try analyser { $0.embedding = .startOfTrack(frames: 1, thenEvery: 0) }
        let reader = try VideoReader(Shared.clip("pose/head-pose-face-detection-female-and-male.gif"))
        var people: [Embedding] = []
        for _ in 0..<4 {
            guard let frame = try reader.next() else { break }
            let found = try analyser.faces(in: try frame.picture())
            #expect(found.map(\.track) == [0, 1])
            people += found.compactMap(\.embedding)
        }
        #expect(people.count == 2)
        if people.count == 2 { #expect(people[0].cosine(people[1]) < 0.4) }
    }
}

/// Cuts between people filmed alike, where the picture as a whole changes little.
@Suite("Cuts in clips")
struct ClipCutTests {
    @Test("performer to performer: every clip has a track of its own")
    func performers() throws {
        var settings = AnalysisSettings()
        settings.embedding = .never
        settings.expressions = false
        let analyser = try FaceAnalyser(weights: Weights.folder, device: .cpu, settings: settings)
        for (number, clip) in ["performer-a", "target-c", "truth-a-as-c"].enumerated() {
            let reader = try VideoReader(Shared.clip("performers/\(clip).mp4"))
            for _ in 0..<4 {
                guard let frame = try reader.next() else { break }
                #expect(try analyser.faces(in: try frame.picture()).map(\.track) == [number], "\(clip)")
            }
        }
    }
}

@Suite("Shot cuts and regions")
struct ShotCutTests {
    func shade(_ value: UInt8) -> Picture {
        Picture(width: 64, height: 36, red: value, green: value, blue: value)
    }

    @Test("a sudden change is a cut, a slow one is not")
    func cut() {
        var detector = ShotCut()
        for step in 0..<30 { #expect(detector.classify(shade(UInt8(60 + 3 * step))) != .cut) }
        #expect(detector.classify(shade(20)) == .cut)
        #expect(detector.classify(shade(21)) == .sameShot)
        #expect(detector.classify(shade(35)) == .doubtful)
    }

    @Test("a flash over a picture with a pattern is another light, over an even one a cut")
    func flash() {
        func stripes(_ light: UInt8) -> Picture {
            var picture = shade(0)
            for index in picture.pixels.indices {
                picture.pixels[index] = light + (index / 3 % 64 < 32 ? 20 : 90)
            }
            return picture
        }
        var detector = ShotCut()
        for _ in 0..<5 { #expect(detector.classify(stripes(0)) == .sameShot) }
        #expect(detector.classify(stripes(80)) == .relit && detector.isRelit)
        #expect(detector.classify(stripes(0)) == .relit && detector.isRelit)
        #expect(detector.classify(stripes(1)) == .sameShot && !detector.isRelit)
        #expect(detector.classify(shade(200)) == .cut && !detector.isRelit)
    }

    @Test("shots of one frame each are found, however alike their brightness is")
    func every() {
        func split(_ swapped: Bool) -> Picture {
            var picture = shade(0)
            for index in picture.pixels.indices {
                picture.pixels[index] = (index / 3 % 64 < 32) == swapped ? 120 : 80
            }
            return picture
        }
        var detector = ShotCut()
        _ = detector.classify(split(false))
        for number in 1..<20 { #expect(detector.classify(split(number % 2 == 1)) == .cut) }
    }

    @Test("another size is a cut, the first picture is none")
    func size() {
        var detector = ShotCut()
        #expect(detector.classify(shade(60)) == .sameShot)
        #expect(detector.classify(Picture(width: 8, height: 4)) == .cut)
    }

    @Test("a region's crop puts its centre in the middle and its eyes level")
    func region() {
        let region = FaceRegion(centre: Point(100, 60), side: 50, angle: 0.4)
        let crop = region.crop(size: 256)
        #expect((crop(Point(100, 60)) - Point(128, 128)).length < 1e-9)
        let along = crop(Point(100 + 10 * cos(0.4), 60 + 10 * sin(0.4)))
        #expect((along - Point(128 + 10 * 256 / 50, 128)).length < 1e-9)
    }

    @Test("turning a detection moves box and points alike")
    func detection() {
        let face = DetectedFace(
            box: Box(x: 10, y: 20, width: 30, height: 40), score: 0.8, points: [Point(15, 25), Point(35, 25)])
        let turned = face.transformed(by: SimilarityTransform(a: 0, b: 1, tx: 100, ty: 0))
        #expect(turned.box == Box(x: 40, y: 10, width: 40, height: 30))
        #expect(turned.points == [Point(75, 15), Point(75, 35)])
        let kept = DetectedFace.suppressed([face, turned, face])
        #expect(kept.count == 2)
    }
}
