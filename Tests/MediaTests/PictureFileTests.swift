import Files
import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Picture files")
struct PictureFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("PNG is lossless, odd sizes included", arguments: [(1, 1), (3, 2), (97, 61), (64, 64)])
    func png(size: (Int, Int)) throws {
        let picture = testPicture(1, width: size.0, height: size.1)
        try PictureFile.write(picture, to: scratch["a.png"])
        #expect(try PictureFile.read(scratch["a.png"]) == picture)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["a.png"])
    }

    @Test(
        "PNG written by Pictures without FFmpeg is lossless, and at most a tenth larger than FFmpeg's",
        arguments: [(1, 1), (3, 2), (97, 61), (640, 480)])
    func ownPNG(size: (Int, Int)) throws {
        let picture = testPicture(1, width: size.0, height: size.1)
        let bytes = try picture.png()
        #expect(try PictureFile.decode(bytes) == picture)
        #expect(Double(bytes.count) <= 1.1 * Double(try PictureFile.encode(picture, as: .png).count) + 20)
    }

    @Test("JPEG is close to the original, and closer at higher quality")
    func jpeg() throws {
        let picture = testPicture(1, width: 97, height: 61)
        var means: [Double] = []
        for quality in [30, 75, 95] {
            try PictureFile.write(picture, to: scratch["a.jpg"], quality: quality)
            means.append(difference(try PictureFile.read(scratch["a.jpg"]), picture).mean)
        }
        #expect(means[0] > means[2] && means[1] >= means[2] && means[2] < 1, "\(means)")
    }

    @Test("a plane is written as gray")
    func plane() throws {
        let plane = Plane(width: 5, height: 1, values: [-1, 0, 0.5, 1, 7])
        try PictureFile.write(plane, to: scratch["a.png"])
        let gray: [UInt8] = [0, 0, 128, 255, 255]
        #expect(try PictureFile.read(scratch["a.png"]).pixels == gray.flatMap { [$0, $0, $0] })
    }

    @Test("a damaged, missing or invalid picture is an error that gives the reason")
    func bad() throws {
        let bytes = try PictureFile.encode(testPicture(1, width: 60, height: 60), as: .png)
        try Data(bytes.prefix(bytes.count / 2)).write(to: scratch["half.png"])
        try Data("a text".utf8).write(to: scratch["text.png"])
        for name in ["half.png", "text.png", "none.png"] {
            let error = try #require(mediaError { _ = try PictureFile.read(scratch[name]) })
            #expect(error.code == (name == "none.png" ? .missing : .unreadable))
            #expect(error.isBadInput && error.message.contains(name))
        }
    }

    @Test("an unwritable folder is named")
    func notWritable() throws {
        let picture = testPicture(1, width: 8, height: 8)
        try Data().write(to: scratch["file"])
        for path in ["none/a.png", "file/a.png"] {
            let error = try #require(throws: FileError.self) {
                try PictureFile.write(picture, to: scratch[path])
            }
            #expect(error.code == .notWritable && error.message.contains("a.png"))
        }
    }

    @Test("EXIF orientation is applied", arguments: 1...8)
    func orientation(number: Int) throws {
        // Red left, green right, blue below: the corners differ in each of the eight orientations.
        var stored = Picture(width: 32, height: 16)
        for row in 0..<16 {
            for column in 0..<32 {
                stored.pixels[(row * 32 + column) * 3 + (row >= 8 ? 2 : column < 16 ? 0 : 1)] = 220
            }
        }
        let jpeg = try PictureFile.encode(stored, as: .jpeg)
        let tiff: [UInt8] = [
            0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(number), 0, 0, 0, 0, 0,
            0,
        ]
        let exif: [UInt8] = Array("Exif".utf8) + [0, 0] + tiff
        let segment: [UInt8] = [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif
        let upright = try PictureFile.decode(Array(jpeg.prefix(2)) + segment + jpeg.dropFirst(2))
        #expect(upright.width == (number >= 5 ? 16 : 32))

        func channel(_ column: Double, _ row: Double) -> Int {
            let x = min(upright.width - 1, Int(column * Double(upright.width)))
            let y = min(upright.height - 1, Int(row * Double(upright.height)))
            let index = (y * upright.width + x) * 3
            return (0..<3).max { upright.pixels[index + $0] < upright.pixels[index + $1] } ?? -1
        }
        let corners = [channel(0.1, 0.1), channel(0.9, 0.1), channel(0.1, 0.9), channel(0.9, 0.9)]
        let expected: [Int: [Int]] = [
            1: [0, 1, 2, 2], 2: [1, 0, 2, 2], 3: [2, 2, 1, 0], 4: [2, 2, 0, 1],
            5: [0, 2, 1, 2], 6: [2, 0, 2, 1], 7: [2, 1, 2, 0], 8: [1, 2, 0, 2],
        ]
        #expect(corners == expected[number])
    }
}
