import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Rotation")
struct RotationTests {
    /// Writes the display matrix (a, b, c, d) into an MP4's track header, as a phone does.
    private func turn(_ url: URL, _ matrix: [Int32]) throws {
        var data = try Data(contentsOf: url)
        let header = try #require(data.range(of: Data("tkhd".utf8)))
        let start = header.upperBound + 40
        for (place, value) in zip([0, 4, 12, 16], matrix) {
            let bytes = withUnsafeBytes(of: (value * 65536).bigEndian) { Array($0) }
            data.replaceSubrange(start + place..<start + place + 4, with: bytes)
        }
        try data.write(to: url)
    }

    @Test(
        "frames are upright",
        arguments: [
            ([0, 1, -1, 0], 90), ([-1, 0, 0, -1], 180), ([0, -1, 1, 0], 270), ([-1, 0, 0, 1], 0),
            ([1, 0, 0, -1], 0),
            ([0, 1, 1, 0], 90), ([1, 0, 0, 1], 0),
        ] as [([Int32], Int)])
    func upright(matrix: [Int32], degrees: Int) throws {
        let scratch = try Scratch()
        let info = VideoInfo(width: 96, height: 64, frameRate: Rational(25))
        try writeClip(scratch["a.mp4"], info: info, frames: 5)
        let stored = try allFrames(scratch["a.mp4"]).map { try $0.picture() }
        try turn(scratch["a.mp4"], matrix)
        let reader = try VideoReader(scratch["a.mp4"])
        let swaps = matrix[0] == 0
        #expect((reader.info.width, reader.info.height) == (swaps ? 64 : 96, swaps ? 96 : 64))
        #expect(reader.info.rotation == degrees)
        var count = 0
        while let frame = try reader.next() {
            #expect(frame.index == count && abs(frame.time - Double(count) / 25) < 1e-9)
            let shown = try frame.picture()
            // Stored (x, y) is displayed at (a·x + c·y, b·x + d·y), translated into the frame.
            var expected = shown
            for y in 0..<64 {
                for x in 0..<96 {
                    let (a, b, c, d) = (Int(matrix[0]), Int(matrix[1]), Int(matrix[2]), Int(matrix[3]))
                    let column = a * x + c * y + (a + c < 0 ? shown.width - 1 : 0)
                    let row = b * x + d * y + (b + d < 0 ? shown.height - 1 : 0)
                    for channel in 0..<3 {
                        expected.pixels[(row * shown.width + column) * 3 + channel] =
                            stored[count].pixels[(y * 96 + x) * 3 + channel]
                    }
                }
            }
            // Chroma sited beside luma columns is sited beside rows after rotation: small differences.
            #expect(difference(shown, expected).mean < 1)
            count += 1
        }
        #expect(count == 5)
    }
}
