import Foundation
import Pictures
import Testing

@testable import Provenance

@Suite("Watermark")
struct WatermarkTests {
    private let id: UInt32 = 0xc0ff_ee11

    private func marked(_ count: Int = 4, width: Int = 384, height: Int = 384) throws -> [Plane] {
        try (0..<count).map { try TestLuma(width: width, height: height, number: $0).marked(id: id).plane }
    }

    @Test("is detected in one frame, at 42 dB or more", arguments: [(384, 384), (641, 359), (97, 130)])
    func roundTrip(_ width: Int, _ height: Int) throws {
        let plain = TestLuma(width: width, height: height)
        let marked = try plain.marked(id: id)
        #expect(psnr(plain.plane, marked.plane) >= 42)
        let found = try #require(detect([marked.plane]))
        #expect(found.id == id && found.frames == 1 && found.falseAlarmRate < 1e-6)
    }

    @Test(
        "is detected after scaling, cropping, rotation or letterboxing",
        arguments: [
            (192, 192, 0.5, 0), (768, 768, 2, 0), (308, 308, 1, 0), (154, 154, 0.5, 0), (384, 384, 1, 1.5),
            (384, 384, 1, -1.5), (300, 260, 0.9, 0.7), (200, 384, 1, 0),
        ] as [(Int, Int, Double, Double)])
    func geometry(_ width: Int, _ height: Int, _ scale: Double, _ degrees: Double) throws {
        let seen = try marked().map { $0.seen(width: width, height: height, scale: scale, degrees: degrees) }
        let found = try #require(detect(seen))
        #expect(found.id == id)
        // A strong mark is detected by the upright round although it is rotated: the search ends there.
        #expect(abs(found.pose.angle - degrees) < 2)
        let expected = 80 * Double(min(width, height)) / 384 / scale
        #expect(abs(found.pose.cellsAcross / expected - 1) < 0.02)
    }

    @Test("is detected despite bars around the picture")
    func bars() throws {
        let framed = try marked(width: 640, height: 360).map { plane in
            var result = Plane(width: 640, height: 640, repeating: 16)
            result.values.replaceSubrange(140 * 640..<500 * 640, with: plane.values)
            return result
        }
        #expect(detect(framed)?.id == id)
    }

    @Test("is not detected in unmarked frames, nor with another key")
    func absent() throws {
        let plain = (0..<4).map { TestLuma(width: 384, height: 384, number: $0).plane }
        #expect(detect(plain) == nil)
        let mine = WatermarkKey(phrase: "mine")
        #expect(try detect(marked(), keys: [mine]) == nil)
        #expect(try detect(marked(), keys: [mine, .program])?.keyIndex == 1)
    }

    @Test("scores of noise stay below the threshold")
    func noise() throws {
        var detector = WatermarkDetector(keys: (0..<3).map { WatermarkKey(phrase: "key \($0)") })
        for number in 0..<2 {
            detector.add(try TestLuma(width: 384, height: 384, number: number).marked(id: id).plane)
        }
        let readings = detector.readings()
        #expect(readings.joined().allSatisfy { !$0.counts && $0.score < 11 })
        for read in readings {
            for round in WatermarkRound.allCases {
                let scores = read.filter { $0.round == round }.map(\.score)
                #expect(scores.count == 16, "\(round)")
                // The best match of 2⁴⁸ messages with noise: what the threshold must exceed.
                #expect(scores.contains { $0 > 7.5 }, "\(round)")
            }
        }
    }

    @Test(
        "a valid reading is a false alarm at most once in a million searches, less often at higher scores")
    func falseAlarms() {
        for round in WatermarkRound.allCases {
            let rates = [0, 0.5, 1, 2, 5].map {
                WatermarkNoise.falseAlarmRate(score: round.threshold + $0, round: round)
            }
            #expect(rates[0] <= 1e-6 && rates[0] > 1e-9)
            #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
            #expect(WatermarkNoise.falseAlarmRate(score: 0, round: round) <= 1)
        }
    }

    @Test("flat areas have lower strength than grainy ones, and those lower than texture")
    func strength() throws {
        /// Root mean square of the change to a plane with noise of this amplitude.
        func added(_ jump: Int) throws -> Double {
            var plain = TestLuma(width: 256, height: 256)
            for index in plain.samples.indices {
                plain.samples[index] = UInt16(120 + (index % 256 / 3 + index / 512) % 2 * jump)
            }
            let marked = try plain.marked(id: id)
            let squares = zip(plain.samples, marked.samples).reduce(0.0) {
                $0 + pow(Double($1.0) - Double($1.1), 2)
            }
            return (squares / Double(plain.samples.count)).squareRoot()
        }
        let (even, grainy, textured) = (try added(0), try added(1), try added(12))
        // Two thirds of a level, and the dithering of every other pixel.
        #expect(even > 0.5 && even < 0.9)
        #expect(grainy > 1.3 * even && textured > grainy)
    }

    @Test(
        "preserves bit depth, range and padding", arguments: [8, 10, 12, 16], [true, false])
    func depth(_ bits: Int, _ isFullRange: Bool) throws {
        let plain = TestLuma(width: 192, height: 161, bitDepth: bits, isFullRange: isFullRange, padding: 11)
        let marked = try plain.marked(id: id)
        #expect(detect([marked.plane])?.id == id)
        for row in 0..<161 {
            let end = row * marked.stride + 192
            #expect(marked.samples[end..<end + 11].allSatisfy { $0 == 7 })
        }
        // Higher bit depths use finer steps.
        if bits > 8 { #expect(zip(plain.samples, marked.samples).contains { (Int($0) - Int($1)) % 4 != 0 }) }
    }

    @Test(
        "never exceeds the range, nor moves samples outside it further", arguments: [8, 10],
        [true, false])
    func clipping(_ bits: Int, _ isFullRange: Bool) throws {
        var plain = TestLuma(width: 128, height: 128, bitDepth: bits, isFullRange: isFullRange)
        let last = (1 << bits) - 1
        let steps = [0, 1, 16 << (bits - 8), 235 << (bits - 8), last - 1, last]
        for index in plain.samples.indices { plain.samples[index] = UInt16(steps[index / 9 % steps.count]) }
        let marked = try plain.marked(id: id)
        let legal = isFullRange ? 0...last : 16 << (bits - 8)...235 << (bits - 8)
        #expect(marked.samples != plain.samples)
        for (old, new) in zip(plain.samples, marked.samples) {
            #expect((min(Int(old), legal.lowerBound)...max(Int(old), legal.upperBound)).contains(Int(new)))
        }
    }

    @Test("frames below 64 pixels are rejected")
    func tiny() {
        #expect(WatermarkEmbedder(id: 1, width: 200, height: 63) == nil)
        #expect(WatermarkEmbedder(id: 1, width: 64, height: 64) != nil)
        #expect(!WatermarkDetector.canSearch(width: 40, height: 300))
        #expect(detect([Plane(width: 40, height: 40, repeating: 90)]) == nil)
        #expect(detect([]) == nil)
        #expect(MarkedOutput(frameWidth: 40, frameHeight: 40).watermark == nil)
    }

    @Test("flat frames give no reading and no error", arguments: [0, 16, 128, 255])
    func flat(_ level: Int) {
        #expect(detect([Plane(width: 384, height: 384, repeating: Float(level))]) == nil)
    }

    @Test("every frame of an output carries it, below the label, independent of earlier frames")
    func output() throws {
        var output = MarkedOutput(frameWidth: 384, frameHeight: 384, marks: Marks(watermark: id))
        let plain = TestLuma(width: 384, height: 384).plane.picture(range: 0...255)
        let first = try output.mark(StillFrame(picture: plain), faces: [])
        _ = try output.mark(StillFrame(picture: Picture(width: 384, height: 384)), faces: [])
        let again = try output.mark(StillFrame(picture: plain), faces: [])
        #expect(first.picture == again.picture)
        #expect(detect([first.picture.luma])?.id == id)
        var other = MarkedOutput(frameWidth: 384, frameHeight: 384)
        #expect(
            try other.mark(StillFrame(picture: plain), faces: []).picture != first.picture, "a random number")
    }
}
