import Pictures
import Provenance
import Testing

@Suite("Label and marks")
struct LabelTests {
    @Test(
        "has 4.5 % of the frame's height, at least 14 pixels, and is inside the frame",
        arguments: [(384, 384), (1920, 1080), (100, 60), (8, 8), (720, 1280)])
    func size(_ width: Int, _ height: Int) {
        let label = SyntheticLabel(frameWidth: width, frameHeight: height)
        #expect(label.height >= 14)
        #expect(height < 320 || abs(Double(label.height) / Double(height) - 0.045) < 0.005)
        for corner in SyntheticLabel.Corner.allCases {
            let place = label.region(in: corner)
            #expect(place.x >= 0 && place.y >= 0 && place.x % 2 == 0 && place.y % 2 == 0)
            #expect(place.x + place.width <= width && place.y + place.height <= height)
            if height >= 60 { #expect(place.x >= 2 && place.y >= 2) }
        }
    }

    @Test("is placed in the corner farthest from the face")
    func corner() {
        let label = SyntheticLabel(frameWidth: 400, frameHeight: 300)
        func corner(_ x: Int, _ y: Int) -> SyntheticLabel.Corner {
            label.corner(awayFrom: PixelRegion(x: x, y: y, width: 60, height: 60))
        }
        #expect(corner(0, 0) == .bottomRight)
        #expect(corner(340, 240) == .topLeft)
        #expect(corner(0, 240) == .topRight)
        #expect(corner(340, 0) == .bottomLeft)
        #expect(label.corner(awayFrom: nil) == .bottomRight)
    }

    @Test("is visible on any background", arguments: [0, 90, 128, 200, 255] as [UInt8])
    func legible(_ level: UInt8) {
        let label = SyntheticLabel(frameWidth: 384, frameHeight: 384)
        let place = label.region(in: .bottomRight)
        let below = Picture(width: place.width, height: place.height, red: level, green: level, blue: level)
        let luma = label.drawn(on: below).luma.values
        #expect((luma.max() ?? 0) - (luma.min() ?? 0) > 140, "light letters on a dark badge")
        #expect(luma.count { $0 > 180 } >= 20)
    }

    @Test("every marked frame is labelled, in a corner that changes only when a face overlaps it")
    func marked() throws {
        var output = MarkedOutput(frameWidth: 200, frameHeight: 200)
        let plain = StillFrame(picture: Picture(width: 200, height: 200, red: 120, green: 120, blue: 120))
        for face in [nil, PixelRegion(x: 60, y: 60, width: 50, height: 50), nil] {
            let marked = try output.mark(plain, faces: face.map { [$0] } ?? [])
            #expect(marked.picture != plain.picture)
            #expect(output.corner == .bottomRight)
        }
        _ = try output.mark(plain, faces: [PixelRegion(x: 120, y: 120, width: 80, height: 80)])
        #expect(output.corner == .bottomLeft)
        _ = try output.mark(plain, faces: [])
        #expect(output.corner == .bottomLeft)
        // If no corner is free, the farthest one.
        _ = try output.mark(plain, faces: [PixelRegion(x: 0, y: 0, width: 199, height: 200)])
        #expect(output.corner == .bottomRight)
    }

    @Test("the container's metadata declares synthetic media, in text and with IPTC's term")
    func metadata() {
        let entries = OutputMetadata(SwapStatement(.video, swapped: 3, frames: 4)).entries
        #expect(entries["comment"]?.hasPrefix("Synthetic media") == true)
        #expect(
            entries["DigitalSourceType"]
                == "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia")
    }
}

struct StillFrame: MarkableFrame {
    var picture: Picture
    var width: Int { picture.width }
    var height: Int { picture.height }

    func picture(x: Int, y: Int, width: Int, height: Int) -> Picture {
        picture.cropped(x: x, y: y, width: width, height: height)
    }

    func replacing(x: Int, y: Int, width: Int, height: Int, with other: Picture) -> StillFrame {
        var result = self
        result.picture.paste(other, x: x, y: y)
        return result
    }
}

@Suite("Label detector")
struct LabelDetectorTests {
    private func noise(_ width: Int, _ height: Int, seed: UInt64) -> Picture {
        var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
        let pixels = (0..<width * height * 3).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        return Picture(width: width, height: height, pixels: pixels)
    }

    @Test("detects the label on dark, light and busy frames, and after scaling", arguments: [0, 90, 255])
    func seen(level: Int) {
        let plain = Picture(
            width: 640, height: 360, red: UInt8(level), green: UInt8(level), blue: UInt8(level))
        #expect(LabelDetector.score(SyntheticLabel.labelled(plain)) > 0.95)
        #expect(
            LabelDetector.score(SyntheticLabel.labelled(noise(640, 360, seed: 1))) > LabelDetector.threshold)
        let half = SyntheticLabel.labelled(plain).resized(width: 320, height: 180)
        #expect(LabelDetector.score(half) > LabelDetector.threshold)
    }

    @Test("detects none in unlabelled frames")
    func unseen() {
        #expect(LabelDetector.score(Picture(width: 320, height: 180, red: 20, green: 20, blue: 20)) == 0)
        for seed in 0..<50 {
            let small = noise(40, 24, seed: UInt64(seed)).resized(width: 320, height: 180)
            #expect(LabelDetector.score(small) < LabelDetector.threshold)
            #expect(LabelDetector.score(noise(320, 180, seed: UInt64(seed))) < LabelDetector.threshold)
        }
        #expect(LabelDetector.score(Picture(width: 1, height: 1)) == 0)
    }

    @Test("with the label turned off, only the watermark changes the frame")
    func leftOff() throws {
        let marks = Marks(label: .leftOff(reason: "stated in the credits"), watermark: 7)
        var output = MarkedOutput(frameWidth: 200, frameHeight: 200, marks: marks)
        let plain = StillFrame(picture: Picture(width: 200, height: 200, red: 90, green: 90, blue: 90))
        let watermark = try #require(WatermarkEmbedder(id: 7, width: 200, height: 200))
        let marked = try output.mark(plain, faces: []).picture
        #expect(try marked == plain.changingLuma(watermark.mark).picture && marked != plain.picture)
    }
}
