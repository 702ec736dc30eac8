import Faces
import Foundation
import Media
import Pictures
import Testing

@testable import Vision

/// Two similarly filmed rendered performers, joined by all usual transitions.
@Suite("Cuts between two people")
struct CutTests {
    let first: [Picture]
    let second: [Picture]

    init() throws {
        first = try Self.frames("target-c.mp4", count: 28)
        second = try Self.frames("performer-a.mp4", count: 28)
    }

    private static func frames(_ name: String, count: Int) throws -> [Picture] {
        let reader = try VideoReader(
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Samples/\(name)").standardizedFileURL)
        return try (0..<count).map { _ in try #require(try reader.next()).squarePicture() }
    }

    private func analyser() throws -> FaceAnalyser {
        var settings = AnalysisSettings()
        settings.expressions = false
        return try FaceAnalyser(weights: Weights.folder, device: .cpu, settings: settings)
    }

    private func mixed(_ a: Picture, _ b: Picture, _ share: Float) -> Picture {
        var result = a
        for index in a.pixels.indices {
            result.pixels[index] = UInt8(
                (Float(a.pixels[index]) * (1 - share) + Float(b.pixels[index]) * share).rounded())
        }
        return result
    }

    /// The tracks of frames with one person, by the person: 0 and 1; nil is a mixture.
    private func tracks(_ clip: [(picture: Picture, who: Int?)]) throws -> [Set<Int>] {
        let analyser = try analyser()
        var seen: [Set<Int>] = [[], []]
        for frame in clip {
            let faces = try analyser.faces(in: frame.picture)
            if let who = frame.who { seen[who].formUnion(faces.map(\.track)) }
        }
        return seen
    }

    @Test("shots of one to three frames: no track holds both people", arguments: [1, 2, 3])
    func short(_ length: Int) throws {
        let seen = try tracks(
            (0..<24).map { number in
                let who = number / length % 2
                return ((who == 0 ? first : second)[number], who)
            })
        #expect(seen[0].isDisjoint(with: seen[1]))
        #expect(seen[0].count >= 24 / length / 2 && seen[1].count >= 24 / length / 2)
    }

    @Test("crossfades: no track holds both people", arguments: [2, 4, 8])
    func crossfades(_ length: Int) throws {
        let clip = (0..<24).map { number -> (picture: Picture, who: Int?) in
            let share = Float(number - 8 + 1) / Float(length + 1)
            if share <= 0 { return (first[number], 0) }
            if share >= 1 { return (second[number], 1) }
            return (mixed(first[number], second[number], share), nil)
        }
        let seen = try tracks(clip)
        #expect(seen[0].isDisjoint(with: seen[1]) && seen.allSatisfy { !$0.isEmpty })
    }

    @Test("a wipe: no track holds both people")
    func wipe() throws {
        let clip = (0..<20).map { number -> (picture: Picture, who: Int?) in
            let edge = (number - 7) * 64
            if edge <= 0 { return (first[number], 0) }
            if edge >= 384 { return (second[number], 1) }
            var picture = first[number]
            picture.put(second[number].cropped(x: 0, y: 0, width: edge, height: 384), x: 0, y: 0)
            return (picture, nil)
        }
        let seen = try tracks(clip)
        #expect(seen[0].isDisjoint(with: seen[1]) && seen.allSatisfy { !$0.isEmpty })
    }

    @Test("a person who replaces another in a static picture gets another track")
    func takenOver() throws {
        // The same background, so that hardly anything but the face changes.
        let box = try #require(try analyser().faces(in: first[0]).first).box
        let (x, y) = (max(0, Int(box.x)), max(0, Int(box.y)))
        let (width, height) = (min(384 - x, Int(box.width)), min(384 - y, Int(box.height)))
        let clip = (0..<16).map { number -> (picture: Picture, who: Int?) in
            guard number >= 8 else { return (first[number], 0) }
            var picture = first[number]
            picture.put(second[number].cropped(x: x, y: y, width: width, height: height), x: x, y: y)
            return (picture, 1)
        }
        let seen = try tracks(clip)
        #expect(seen[0].isDisjoint(with: seen[1]) && seen.allSatisfy { !$0.isEmpty })
    }

    @Test("a flash is not a cut: the face keeps its track, and the light number changes")
    func flash() throws {
        let analyser = try analyser()
        var (numbers, shots, lights): ([[Int]], [Int], [Int]) = ([], [], [])
        for number in 0..<12 {
            var picture = first[number]
            if number == 6 { picture.pixels = picture.pixels.map { UInt8(min(255, Int($0) + 60)) } }
            numbers.append(try analyser.faces(in: picture).map(\.track))
            shots.append(analyser.shot)
            lights.append(analyser.light)
        }
        #expect(numbers.allSatisfy { $0 == [0] } && shots.allSatisfy { $0 == 0 })
        #expect(lights == [0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2])
    }

    /// A picture shifted to the right, over itself.
    private func moved(_ picture: Picture, by pixels: Int) -> Picture {
        var result = picture
        result.put(
            picture.cropped(x: 0, y: 0, width: picture.width - pixels, height: picture.height), x: pixels,
            y: 0)
        return result
    }

    @Test(
        "a jump cut within one set-up is a cut; a head that accelerates and a pan after a cut are not")
    func jumpCut() throws {
        func shots(_ places: [Int]) throws -> [Int] {
            let analyser = try analyser()
            return try places.enumerated().map { number, place in
                _ = try analyser.faces(in: moved(first[number], by: place))
                return analyser.shot
            }
        }
        #expect(try shots([0, 0, 0, 0, 0, 0, 22, 22, 22, 22]) == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1])
        #expect(try shots([0, 0, 0, 2, 5, 10, 19, 33, 55, 77, 91]) == Array(repeating: 0, count: 11))
        #expect(try shots([0, 0, 0, 0, 0, 22, 40, 58, 76, 94]).last == 1)
    }

    @Test("one shot has one track: no verification without a reason")
    func calm() throws {
        #expect(try tracks(first.map { ($0, 0) })[0] == [0])
        #expect(try tracks(second.map { ($0, 1) })[1] == [0])
    }
}

@Suite("Face patches")
struct FacePatchTests {
    @Test("patches ignore light and contrast but depend on position and content; a flat area has none")
    func likeness() throws {
        let face = try Golden().picture("picture")
        let scene = face.placed(x: 90, y: 50, width: 320, height: 240)
        let map = AffineMap(a: 100, b: 0, c: 0, d: 100, tx: 104, ty: 64)
        let look = try #require(FacePatch(scene, map: map))
        var lit = scene
        lit.pixels = scene.pixels.map { UInt8(40 + Int($0) * 2 / 3) }
        #expect(try #require(FacePatch(lit, map: map)).likeness(to: look) > 0.99)
        let aside = AffineMap(a: 100, b: 0, c: 0, d: 100, tx: 134, ty: 64)
        #expect(try #require(FacePatch(scene, map: aside)).likeness(to: look) < 0.7)
        #expect(FacePatch(Picture(width: 320, height: 240), map: map) == nil)
        #expect(FacePatch(scene, map: .translation(500, 500)) == nil)
    }
}
