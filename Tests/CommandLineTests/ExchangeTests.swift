import Foundation
import Media
import Pictures
import Testing

/// A folder from elsewhere becomes a set, leaves it again, and its masks go out and in. Needs what the setup makes.
@Suite("Exchange", .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights"))
struct ExchangeTests {
    @Test("pictures in, faces and masks out and in again")
    func commands() throws {
        let scratch = try Scratch()
        let pictures = scratch.url.appending(path: "pictures")
        try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
        let video = try VideoReader(URL(filePath: Program.sample("target-c.mp4")))
        for number in 0..<3 {
            guard let frame = try video.next() else { break }
            try PictureFile.write(
                frame.picture(), to: pictures.appending(path: "\(number).\(number == 1 ? "jpg" : "png")"))
        }
        try PictureFile.write(
            Picture(width: 90, height: 70, red: 30, green: 90, blue: 200),
            to: pictures.appending(path: "sky.png"))
        let workspace = ["--workspace", scratch.path("w")]
        func run(_ words: String...) throws -> Program.Outcome {
            try Program.start(["faces"] + words + workspace).finish()
        }
        let taken = try run("import", pictures.path, "--set", "c")
        #expect(taken.status == 0 && taken.output.contains("3 faces, ready for training"), "\(taken.errors)")
        #expect(taken.errors.contains("no face was found in sky.png"))
        #expect(try run("export", "c", scratch.path("out")).status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path("out"))
        #expect(files.count == 4 && files.contains("faces.json"))
        #expect(try run("masks", "export", "c", scratch.path("masks")).status == 0)
        #expect(
            try run("masks", "import", "c", scratch.path("masks"), "--json").output.contains(#""masks":3"#))
        #expect(try run("masks", "clear", "c").output.contains("3 masks cleared"))
        let again = try run("import", scratch.path("out"), "--set", "d")
        #expect(again.status == 0 && again.output.contains("set 'd': 3 faces"), "\(again.errors)")
        let wrong = try run("masks", "import", "c", pictures.path)
        #expect(wrong.status == 3 && wrong.errors.contains("sky.png matches no crop"))
        #expect(try run("export", "nobody", scratch.path("other")).status == 3)
    }
}
