import Architectures
import Faces
import Foundation
import Tensors
import Testing
import Workspace

@testable import Training

@Suite("A person's faces")
struct PersonFacesTests {
    private let folder: URL
    /// 40 faces of 40 px, of which 32 are the crop.
    private let set: PackedSet

    init() throws {
        try Engine.setThreads(1)
        folder = try DrawnFaces.scratch()
        set = try DrawnFaces.set("a", in: folder)
    }

    private func faces(
        _ input: Int, _ output: Int, keepsMargin: Bool = false, memory: Int = .max
    ) throws -> PersonFaces {
        try PersonFaces(
            set,
            form: NetworkForm(inputSide: input, outputSide: output, people: ["a", "b"], drawsMask: true),
            balance: 0.5, keepsMargin: keepsMargin, memory: memory, device: .cpu)
    }

    @Test("are the middle of the packed picture, and area means of all of it, for a network of 32 and 16 px")
    func wholeFactor() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let wide = try faces(16, 32).wide([3, 17], mirrored: 0)
        #expect(wide.input.shape == [2, 3, 20, 20] && wide.truth.shape == [2, 3, 32, 32])
        let (input, truth) = (try wide.input.values(as: Float.self), try wide.truth.values(as: Float.self))
        for (place, face) in [3, 17].enumerated() {
            let pixels = try set.picture(face).pixels
            func packed(_ x: Int, _ y: Int, _ channel: Int) -> Int { Int(pixels[(y * 40 + x) * 3 + channel]) }
            for channel in 0..<3 {
                for y in 0..<32 {
                    for x in 0..<32 {
                        let value = truth[((place * 3 + channel) * 32 + y) * 32 + x]
                        #expect((value * 255).rounded() == Float(packed(x + 4, y + 4, channel)))
                    }
                }
                for (y, x) in [(0, 0), (7, 12), (19, 19)] {
                    let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map {
                        packed(2 * x + $0.0, 2 * y + $0.1, channel)
                    }
                    let mean = (four.reduce(0, +) + 2) / 4
                    let value = input[((place * 3 + channel) * 20 + y) * 20 + x]
                    #expect((value * 255).rounded() == Float(mean))
                }
            }
        }
    }

    @Test("are measured about the neutral face, or for a model of an earlier version as that one was")
    func origins() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let form = NetworkForm(inputSide: 16, outputSide: 32, people: ["a", "b"], drawsMask: true)
        let new = try PersonFaces(set, form: form, balance: 0.5, device: .cpu).card
        let names = FaceMeasures.names.compactMap { name in
            ["gazeRight": "gazeSide", "gazeLeft": nil][name, default: name]
        }
        let old = try PersonFaces(
            set, form: form, measures: names, origin: .mean, balance: 0.5, device: .cpu
        ).card
        #expect(new.offset.count == FaceMeasures.count && new.gain?.count == FaceMeasures.count)
        #expect(old.offset.count == names.count && old.gain == nil)
        for (place, name) in names.enumerated() where !FaceMeasures.isTurn(name) {
            // In and out of the mirror the middle of what there is lies about the mean.
            #expect(old.lowest[place] <= 0 && old.highest[place] >= 0, "\(name)")
        }
        let open = try #require(FaceMeasures.names.firstIndex(of: "mouthOpen"))
        #expect(new.offset[open] == 0)
    }

    @Test(
        "have the network's sides, whatever they are packed in",
        arguments: [(32, 32), (16, 16), (24, 24), (30, 60), (64, 64), (13, 128), (96, 32)])
    func anySide(input: Int, output: Int) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let person = try faces(input, output)
        let batch = try person.batch([0, 39], mirrored: 1)
        #expect(batch.faces.shape == [2, 3, output, output] && batch.mask.shape == [2, 1, output, output])
        let wide = try person.wide([0, 39])
        #expect(wide.input.shape[3] == input + 2 * Int((Double(input) / 8).rounded()))
        // The mask is a disc around the middle: its share of the crop does not depend on the side.
        let share = try batch.mask.mean().item()
        #expect(abs(share - .pi * 150 / 1024) < 0.01)
        // Green is one value everywhere, and stays it.
        let green = try batch.faces.slice(1..<2, axis: 1).values(as: Float.self)
        #expect(green.allSatisfy { abs($0 - 90.0 / 255) < 1e-6 })
    }

    @Test(
        "are the same numbers read from the file as from the device",
        arguments: [(16, 32), (24, 24), (48, 64)], [false, true])
    func streamed(sides: (Int, Int), keepsMargin: Bool) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let kept = try faces(sides.0, sides.1, keepsMargin: keepsMargin)
        let read = try faces(sides.0, sides.1, keepsMargin: keepsMargin, memory: 0)
        let numbers = [39, 0, 5, 5, 21]
        let (a, b) = (try kept.wide(numbers, mirrored: 2), try read.wide(numbers, mirrored: 2))
        for (one, other) in [(a.input, b.input), (a.truth, b.truth), (a.regions, b.regions)] {
            #expect(one.shape == other.shape)
            #expect(try one.values(as: Float.self) == other.values(as: Float.self))
        }
        #expect(try a.measured.values(as: Float.self) == b.measured.values(as: Float.self))
    }

    @Test("carry their margin where the truth is moved too, and their middle is the crop")
    func margin() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for (input, output) in [(16, 32), (32, 32), (24, 24)] {
            let (still, moving) = (try faces(input, output), try faces(input, output, keepsMargin: true))
            let wide = try moving.wide([7])
            let edge = Int((Double(output) / 8).rounded())
            #expect(wide.truth.shape[3] == output + 2 * edge && wide.regions.shape == wide.truth.shape)
            let (a, b) = (try still.batch([7]), try moving.batch([7]))
            #expect(try a.faces.values(as: Float.self) == b.faces.values(as: Float.self))
            #expect(try a.mask.values(as: Float.self) == b.mask.values(as: Float.self))
        }
    }

    @Test("say when they are smaller than the network, and what to set")
    func notices() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        func about(_ input: Int, _ output: Int) throws -> String? {
            try faces(input, output).notices.first { $0.contains("packed") }
        }
        #expect(try about(16, 32) == nil)
        let notice = try #require(try about(64, 64))
        #expect(notice.contains("'a'") && notice.contains("32 px") && notice.contains("packed_size = 80"))
        // A larger encoder than decoder enlarges as well.
        #expect(try about(64, 32) != nil)
    }
}

@Suite("Fitting of packed pictures")
struct PictureFitTests {
    /// A straight slope stays in its place, shrunk or enlarged: values are the positions of the pixels' centres.
    /// Where pixels are cut, a part counts with its pixel's value, which is up to 1/8 pixel from its own.
    @Test(
        "keeps the middle in the middle",
        arguments: [(160, 80, 2.0), (160, 100, 1.6), (40, 80, 0.5), (48, 31, 1.3)])
    func slope(old: Int, new: Int, scale: Double) {
        let weights = PictureFit.weights(from: old, to: new, scale: scale)
        let tolerance = scale == 2 || scale < 1 ? 1e-4 : 0.125
        var errors: [Double] = []
        for row in 0..<new {
            let centre = Double(old) / 2 + (Double(row) + 0.5 - Double(new) / 2) * scale
            guard centre > scale + 2, centre < Double(old) - scale - 2 else { continue }
            var value = 0.0
            for place in 0..<old { value += Double(weights[row * old + place]) * (Double(place) + 0.5) }
            errors.append(value - centre)
        }
        #expect(errors.count > 15 && errors.allSatisfy { abs($0) < tolerance })
        #expect(abs(errors.reduce(0, +)) / Double(errors.count) < 1e-4)
        for row in 0..<new {
            let sum = weights[row * old..<(row + 1) * old].reduce(0, +)
            #expect(abs(sum - 1) < 1e-5)
        }
    }

    /// 20 pixels to 8: each old pixel is written twice, then five are averaged.
    @Test("shrinks by area, fractions of pixels included")
    func area() {
        let old = (0..<20).map { Float(sin(Double($0 * $0))) }
        let weights = PictureFit.weights(from: 20, to: 8, scale: 2.5)
        let doubled = old.flatMap { [$0, $0] }
        for row in 0..<8 {
            let mean = doubled[row * 5..<(row + 1) * 5].reduce(0, +) / 5
            var value: Float = 0
            for place in 0..<20 { value += weights[row * 20 + place] * old[place] }
            #expect(abs(value - mean) < 1e-6)
        }
    }
}
