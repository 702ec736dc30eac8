import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Colours")
struct ColourTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let width: Int
        let matrix: Int
        let range: ColourTags.Range
        /// Luma of pure green: the matrix's coefficient of green, in the range's scale.
        let luma: UInt8
        var testDescription: String { "\(width) wide, matrix \(matrix), \(range.rawValue)" }
    }

    static let cases = [
        Case(width: 64, matrix: 1, range: .limited, luma: 173),
        Case(width: 64, matrix: 6, range: .limited, luma: 145),
        Case(width: 64, matrix: 9, range: .limited, luma: 164),
        Case(width: 64, matrix: 1, range: .full, luma: 182),
        Case(width: 64, matrix: 2, range: .unspecified, luma: 145),
        Case(width: 1280, matrix: 2, range: .unspecified, luma: 173),
    ]

    @Test("matrix and range are used, and guessed by size if untagged", arguments: cases)
    func matrix(_ example: Case) throws {
        var info = VideoInfo(width: example.width, height: 32, frameRate: Rational(25), colour: .unspecified)
        info.colour.matrix = example.matrix
        info.colour.range = example.range
        let green = Picture(width: example.width, height: 32, red: 0, green: 255, blue: 0)
        let frame = try VideoFrame(green, index: 0, like: info)
        #expect(try frame.nativeSamples()[0].allSatisfy { abs(Int($0) - Int(example.luma)) <= 1 })
        #expect(difference(try frame.picture(), green).largest <= 3)
    }

    @Test(
        "chroma is interpolated at its location",
        arguments: [
            // Interpolation weights between the chroma samples 11 and 12 at the pixels 21…26.
            (1, true, [0, 0, 0.25, 0.75, 1, 1]), (2, true, [0, 0, 0.25, 0.75, 1, 1]),
            (3, true, [0, 0, 0.5, 1, 1, 1]), (1, false, [0, 0, 0.5, 1, 1, 1]),
            (2, false, [0, 0, 0.25, 0.75, 1, 1]),
        ] as [(Int, Bool, [Double])])
    func siting(location: Int, isVertical: Bool, shares: [Double]) throws {
        var info = VideoInfo(width: 96, height: 64, frameRate: Rational(25))
        info.colour.chromaLocation = location
        let gray = try VideoFrame(
            Picture(width: 96, height: 64, red: 128, green: 128, blue: 128), index: 0, like: info)
        let buffer = try gray.buffer.copy()
        for row in 0..<32 {
            for column in 0..<48 {
                try buffer.plane(1)[row * buffer.stride(1) + column] =
                    (isVertical ? row : column) < 12 ? 108 : 148
            }
        }
        let picture = try gray.with(buffer).picture()
        func blue(_ place: Int) -> Double {
            Double(picture.pixels[(isVertical ? place * 96 + 40 : 30 * 96 + place) * 3 + 2])
        }
        for (place, share) in zip(21...26, shares) {
            #expect(abs((blue(place) - blue(10)) / (blue(40) - blue(10)) - share) < 0.1, "\(place)")
        }
    }

    @Test("tags round-trip", arguments: ["mp4", "mov", "mkv"])
    func tags(container: String) throws {
        let scratch = try Scratch()
        // 10-bit BT.2020 with PQ, as in HDR; 8-bit BT.601.
        for (format, tags) in [
            (
                "yuv420p10le",
                ColourTags(range: .limited, primaries: 9, transfer: 16, matrix: 9, chromaLocation: 1)
            ),
            ("yuv420p", ColourTags(range: .limited, primaries: 6, transfer: 6, matrix: 6, chromaLocation: 1)),
            ("yuv420p", ColourTags(range: .full, primaries: 1, transfer: 13, matrix: 1, chromaLocation: 1)),
        ] {
            for codec in [EncodingSettings.Codec.h264, .hevc] {
                let info = VideoInfo(
                    width: 64, height: 64, frameRate: Rational(25), pixelFormat: format, colour: tags)
                try writeClip(scratch["a." + container], info: info, frames: 3, settings: .init(codec: codec))
                let read = try VideoReader(scratch["a." + container]).info
                #expect(
                    read.colour == tags && read.bitDepth == (format == "yuv420p" ? 8 : 10), "\(codec) \(read)"
                )
            }
        }
    }
}
