import Faces
import Foundation
import Media
import Pictures
import Testing
import Workspace

@testable import Curation

@Suite("Exchange")
struct ExchangeTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

    @Test(
        "what is exported, imported elsewhere and exported again is the same to the last bit, masks and all")
    func roundTrip() throws {
        let workspace = try furnished(scratch["w"])
        try FileManager.default.createDirectory(at: scratch["painted"], withIntermediateDirectories: true)
        try PictureFile.write(
            Plane(width: 64, height: 64, repeating: 0.5), to: scratch["painted/1-take1-000002.png"])
        #expect(try MaskImport(workspace, set: "a").run(scratch["painted"]) == 1)
        var options = FaceSetExport.Options()
        options.withIdentity = true
        #expect(try FaceSetExport(workspace).run(to: scratch["out"], options) == 6)

        var other = try Workspace.open(scratch["other"], create: true)
        other.settings.extraction.packedSize = 32
        let summary = try FaceImport(other).run(scratch["out"])
        #expect(summary.faces == 6)
        #expect(try FaceSetExport(other).run(to: scratch["again"], options) == 6)
        #expect(try text(scratch["out/faces.json"]) == text(scratch["again/faces.json"]))
        for file in ["1-take1-000003.png", "masks/1-take1-000002.png"] {
            #expect(
                try Data(contentsOf: scratch["out/\(file)"]) == Data(contentsOf: scratch["again/\(file)"]))
        }
        let (before, after) = (
            try PackedSet(mapping: workspace.packed(set: "a")), try PackedSet(mapping: other.packed(set: "a"))
        )
        #expect(after.count == 6)
        for array in ["masks", "measures", "pose", "frame"] {
            #expect(
                try before.file.bytes(of: before.file.entry(array)).elementsEqual(
                    after.file.bytes(of: after.file.entry(array))), "\(array)")
        }
    }

    @Test("embeddings stay in the workspace unless they are asked for")
    func identity() throws {
        let workspace = try furnished(scratch["w"])
        _ = try FaceSetExport(workspace).run(to: scratch["out"])
        let sidecar = try text(scratch["out/faces.json"])
        #expect(!sidecar.contains("embedding") && !sidecar.contains("identity"))
        let document = try ExchangeDocument(of: scratch["out"])
        #expect(document.faces.count == 6 && document.faces.allSatisfy { $0.embedding == nil })
    }

    @Test("a number of faces is spread over the set; another format is written anew")
    func count() throws {
        let workspace = try furnished(scratch["w"])
        var options = FaceSetExport.Options()
        (options.count, options.format) = (3, .jpg)
        #expect(try FaceSetExport(workspace).run(to: scratch["out"], options) == 3)
        let document = try ExchangeDocument(of: scratch["out"])
        #expect(document.faces.map(\.frame) == [7, 21, 35])
        #expect(document.faces.allSatisfy { $0.file.hasSuffix(".jpg") })
        #expect(try PictureFile.read(scratch["out/\(document.faces[0].file)"]).width == 64)
        (options.count, options.format) = (1, nil)
        #expect(try FaceSetExport(workspace).run(to: scratch["one"], options) == 1)
    }

    @Test("the transform in the sidecar is the one that the crop was cut by")
    func transform() throws {
        let workspace = try furnished(scratch["w"])
        _ = try FaceSetExport(workspace).run(to: scratch["out"])
        let face = try ExchangeDocument(of: scratch["out"]).faces[4]
        let steady = SimilarityTransform(a: 0.0123, b: 0.0001, tx: -0.7, ty: -0.4)
        let expected = FaceAlignment(toUnit: steady).crop(.full, size: 64, margin: 0.25)
        #expect(face.transform == [expected.a, expected.b, expected.tx, expected.ty])
        #expect(face.steady == [0.0123, 0.0001, -0.7, -0.4] && face.frame == 28)
    }

    @Test("nothing is written over, and a failure leaves no folder behind")
    func occupied() throws {
        let workspace = try furnished(scratch["w"])
        _ = try FaceSetExport(workspace).run(to: scratch["out"])
        let error = #expect(throws: CurationError.self) {
            try FaceSetExport(workspace).run(to: scratch["out"])
        }
        #expect(error?.message.contains("not an empty folder") == true)
        try FileManager.default.removeItem(
            at: workspace.cropsFolder(set: "a").appending(path: "1-take1/000003.png"))
        #expect(throws: CurationError.self) { try FaceSetExport(workspace).run(to: scratch["second"]) }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == ["out", "w"])
        #expect(throws: CurationError.self) {
            try FaceSetExport(workspace, set: "b").run(to: scratch["third"])
        }
    }

    @Test("an import can be run again; another set of the same name is refused")
    func again() throws {
        let workspace = try furnished(scratch["w"])
        _ = try FaceSetExport(workspace).run(to: scratch["out"])
        let other = try Workspace.open(scratch["other"], create: true)
        _ = try FaceImport(other).run(scratch["out"])
        #expect(try FaceImport(other).run(scratch["out"]).faces == 6)
        var options = FaceSetExport.Options()
        options.count = 4
        _ = try FaceSetExport(workspace).run(to: scratch["four"], options)
        let error = #expect(throws: CurationError.self) { try FaceImport(other).run(scratch["four"]) }
        #expect(error?.message.contains("choose another --set") == true)
        #expect(try other.index.count(ofSet: "a").seen == 6)
    }

    @Test(
        "a sidecar that cannot be meant is refused, by name, and nothing of it stays",
        arguments: [
            (#""format":"dimorph.exchange""#, #""format":"other""#), (#""version":1"#, #""version":2"#),
            (#""version":1"#, #""version":"#), (#""margin":0.25"#, #""margin":-3"#),
            (#""size":64"#, #""size":99999999"#), (#""clip":0"#, #""clip":7"#),
            (#""frame":14,"#, #""frame":0,"#),
            (#""frame":7,"#, #""frame":-7,"#), (#""frame":7,"#, #""frame":99999999999,"#),
            (#""file":"1-take1-000001.png""#, #""file":"../../etc/passwd""#),
            (#""file":"1-take1-000001.png""#, #""file":"/etc/passwd.png""#),
            (#""file":"1-take1-000001.png""#, #""file":"1-take1-000000.png""#),
            (#""file":"1-take1-000001.png""#, #""file":"missing.png""#),
            (#""expression":[0,"#, #""expression":["#), (#""alignment":[0.0125,"#, #""alignment":[0,"#),
            (#""alignment":[0.0125,"#, #""alignment":[1e300,"#), (#""presence":0.9"#, #""presence":1e60"#),
            (#""name":"take 1.mp4""#, #""name":"../take 1.mp4""#), (#""hash":"abc""#, #""hash":3"#),
        ])
    func damaged(_ change: (String, String)) throws {
        let workspace = try furnished(scratch["w"])
        _ = try FaceSetExport(workspace).run(to: scratch["out"])
        let file = scratch["out/faces.json"]
        let whole = try text(file)
        let damaged = whole.replacing(change.0, with: change.1, maxReplacements: 1)
        try #require(damaged != whole)
        try Data(damaged.utf8).write(to: file)
        let other = try Workspace.open(scratch["other"], create: true)
        let error = #expect(throws: CurationError.self) { try FaceImport(other).run(scratch["out"]) }
        #expect(error?.description.contains("out") == true, "\(String(describing: error))")
        #expect(try other.index.sets().isEmpty)
    }

    @Test("damaged crops are named, all of them")
    func damagedCrops() throws {
        let workspace = try furnished(scratch["w"])
        _ = try FaceSetExport(workspace).run(to: scratch["out"])
        for number in [1, 4] {
            let file = scratch["out/1-take1-00000\(number).png"]
            try Data(contentsOf: file).prefix(60).write(to: file)
        }
        try PictureFile.write(Picture(width: 64, height: 48), to: scratch["out/1-take1-000002.png"])
        let other = try Workspace.open(scratch["other"], create: true)
        let error = #expect(throws: CurationError.self) { try FaceImport(other).run(scratch["out"]) }
        for name in ["1-take1-000001.png", "1-take1-000002.png", "1-take1-000004.png", "64×48"] {
            #expect(error?.message.contains(name) == true, "\(String(describing: error))")
        }
        #expect(try other.index.sets().isEmpty)
    }
}
