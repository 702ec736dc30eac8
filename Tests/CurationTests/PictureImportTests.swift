import Faces
import Foundation
import Media
import Pictures
import Testing
import Workspace

@testable import Curation

@Suite("Import of pictures")
struct PictureImportTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func open() throws -> Workspace {
        var workspace = try Workspace.open(scratch["w"], create: true)
        (workspace.settings.extraction.cropSize, workspace.settings.extraction.packedSize) = (64, 32)
        return workspace
    }

    /// A picture whose first pixel says how many faces the scripted detector sees in it.
    private func picture(_ faces: Int, _ name: String) throws {
        var picture = Picture(width: 200, height: 180, red: 90, green: 80, blue: 70)
        picture.pixels[0] = UInt8(faces)
        try FileManager.default.createDirectory(at: scratch["in"], withIntermediateDirectories: true)
        try PictureFile.write(picture, to: scratch["in/\(name)"])
    }

    private static func find(_ picture: Picture) -> [ObservedFace] {
        guard picture.width == 200 else { return [] }
        return (0..<Int(picture.pixels[0])).map {
            syntheticFace(at: Point(30 + 65 * Double($0), 90), seed: $0)
        }
    }

    @Test("pictures without a face and damaged ones are named; of several faces the central one counts")
    func mixed() throws {
        try picture(1, "1.png")
        try picture(0, "2.png")
        try picture(3, "10.png")
        try Data("no picture".utf8).write(to: scratch["in/3.jpg"])
        try Data("a note".utf8).write(to: scratch["in/readme.txt"])
        let workspace = try open()
        let summary = try FaceImport(workspace, set: "b", find: Self.find).run(scratch["in"])
        #expect(summary.faces == 2 && summary.pictures == 4)
        #expect(summary.withoutFace == ["2.png"] && summary.several == ["10.png"])
        #expect(summary.unreadable.count == 1 && summary.unreadable[0].contains("3.jpg"))
        let packed = try PackedSet(mapping: workspace.packed(set: "b"))
        #expect(packed.count == 2)
        // In the order in which people count, each picture a track of its own.
        #expect(try packed.file.values("frame", as: Int32.self) == [0, 3])
        #expect(try packed.file.values("track", as: Int32.self) == [0, 3])
        let faces = try workspace.index.faces(set: "b", clip: 1)
        #expect(faces[1].face.alignment.centre.x.rounded() == 95)
        #expect(faces.allSatisfy { $0.quality != nil && $0.steady == $0.face.alignment })
        #expect(try workspace.index.set("b")?.identity != nil)
    }

    @Test("an import that died goes on where it was, and doubles nothing")
    func resumed() throws {
        struct Death: Error {}
        for number in 0..<7 { try picture(1, "\(number).png") }
        let workspace = try open()
        var seen = 0
        #expect(throws: Death.self) {
            try FaceImport(workspace, set: "b", batch: 2) { picture in
                seen += 1
                if seen == 6 { throw Death() }
                return Self.find(picture)
            }.run(scratch["in"])
        }
        let summary = try FaceImport(workspace, set: "b", batch: 2, find: Self.find).run(scratch["in"])
        #expect(summary.faces == 7 && summary.pictures == 3)
        #expect(try FaceImport(workspace, set: "b", find: Self.find).run(scratch["in"]).pictures == 0)
        #expect(try PackedSet(mapping: workspace.packed(set: "b")).count == 7)
    }

    @Test("a folder without any face makes no set")
    func empty() throws {
        try picture(0, "1.png")
        let workspace = try open()
        let error = #expect(throws: CurationError.self) {
            try FaceImport(workspace, set: "b", find: Self.find).run(scratch["in"])
        }
        #expect(error?.message.contains("no face was found in the 1 pictures") == true)
        #expect(try workspace.index.sets().isEmpty)
        try FileManager.default.createDirectory(at: scratch["void"], withIntermediateDirectories: true)
        #expect(throws: CurationError.self) { try FaceImport(workspace, set: "b").run(scratch["void"]) }
    }

    @Test("a face that fills its picture is found with a border around it, at its place in the picture")
    func border() throws {
        let central = CentralFace { picture in
            picture.width == 160 ? [syntheticFace(at: Point(90, 70)), syntheticFace(at: Point(20, 20))] : []
        }
        let (face, others) = try #require(try central(Picture(width: 80, height: 60)))
        #expect(others == 1)
        #expect((face.box.centre - syntheticFace(at: Point(50, 30)).box.centre).length < 1e-9)
        #expect(
            abs(face.landmarks.points[7].x - syntheticFace(at: Point(50, 30)).landmarks.points[7].x) < 1e-4)
    }
}
