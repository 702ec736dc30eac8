import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Frames and regions")
struct PerformerFrameTests {
    let frame: VideoFrame

    init() throws { frame = try #require(try VideoReader(Samples.target).next()) }

    @Test(
        "a region equals that part of the whole picture",
        arguments: [(0, 0, 384, 384), (101, 57, 200, 131), (381, 383, 3, 1)])
    func region(x: Int, y: Int, width: Int, height: Int) throws {
        let whole = try frame.picture()
        let region = try frame.picture(x: x, y: y, width: width, height: height)
        var expected = Picture(width: width, height: height)
        for row in 0..<height {
            let start = ((y + row) * 384 + x) * 3
            expected.pixels.replaceSubrange(
                row * width * 3..<(row + 1) * width * 3, with: whole.pixels[start..<start + width * 3])
        }
        #expect(difference(region, expected).largest <= 1)
    }

    @Test("replacing a region by itself changes nothing")
    func unchanged() throws {
        let region = try frame.picture(x: 33, y: 21, width: 150, height: 99)
        let same = try frame.replacing(x: 33, y: 21, width: 150, height: 99, with: region)
        #expect(try same.nativeSamples() == frame.nativeSamples())
    }

    @Test("only samples of changed pixels change, to the new picture's")
    func replacing() throws {
        let (x, y, width, height) = (33, 21, 150, 99)
        let picture = testPicture(2, width: width, height: height)
        let changed = try frame.replacing(x: x, y: y, width: width, height: height, with: picture)
        let (before, after) = (try frame.nativeSamples(), try changed.nativeSamples())
        for plane in 0..<3 {
            let shift = plane == 0 ? 0 : 1
            let side = 384 >> shift
            var outside = 0
            for index in 0..<before[plane].count where before[plane][index] != after[plane][index] {
                let (column, row) = ((index % side) << shift, (index / side) << shift)
                let inside = column + shift >= x && column < x + width && row + shift >= y && row < y + height
                if !inside { outside += 1 }
            }
            #expect(outside == 0, "plane \(plane)")
        }
        let shown = try changed.picture(x: x, y: y, width: width, height: height)
        #expect(difference(shown, picture).mean < 1.5)
        #expect(try frame.nativeSamples() == before, "the original stays as it was")
    }

    @Test("a region that exceeds the frame is an error")
    func outside() {
        #expect(mediaError { _ = try frame.picture(x: 380, y: 0, width: 5, height: 5) }?.code == .badRegion)
        #expect(mediaError { _ = try frame.picture(x: -1, y: 0, width: 5, height: 5) }?.code == .badRegion)
    }
}
