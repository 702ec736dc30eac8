import Faces
import Foundation
import Media
import Pictures
import Testing
import Workspace

@testable import Curation

@Suite("Masks of one's own")
struct MaskTests {
    let scratch: Scratch
    let workspace: Workspace

    init() throws {
        scratch = try Scratch()
        workspace = try furnished(scratch["w"])
        try FileManager.default.createDirectory(at: scratch["in"], withIntermediateDirectories: true)
    }

    private func paint(_ name: String, size: Int = 64, _ grey: (Int, Int) -> Float) throws {
        var mask = Plane(width: size, height: size)
        for index in mask.values.indices { mask.values[index] = grey(index % size, index / size) }
        try PictureFile.write(mask, to: scratch["in/\(name).png"])
    }

    private func packed() throws -> PackedSet {
        try SetPacking(workspace, set: "a", read: PictureFile.read).run()
        return try PackedSet(mapping: workspace.packed(set: "a"))
    }

    @Test("exported masks are the drawn ones, of the crops' size and names")
    func export() throws {
        #expect(try MaskExport(workspace, set: "a").run(to: scratch["out"]) == 6)
        let face = try workspace.index.faces(set: "a", clip: 1)[3]
        let drawn = FaceMask.plane(
            landmarks: face.face.landmarks, transform: face.crop(.full, size: 64, margin: 0.25), size: 64)
        let written = try PictureFile.read(scratch["out/1-take1-000003.png"])
        #expect(written.width == 64 && written.height == 64)
        for (index, value) in drawn.values.enumerated() {
            #expect(abs(Float(written.pixels[3 * index]) / 255 - value) < 0.003)
        }
        #expect(drawn.values.contains { $0 > 0.9 } && drawn.values.contains { $0 < 0.1 })
    }

    @Test("exported, imported and exported again a mask is the same, and packing the same to the last bit")
    func roundTrip() throws {
        let before = try packed()
        let drawn = Array(before.file.bytes(of: try before.file.entry("masks")))
        _ = try MaskExport(workspace, set: "a").run(to: scratch["out"])
        #expect(try MaskImport(workspace, set: "a").run(scratch["out"]) == 6)
        _ = try MaskExport(workspace, set: "a").run(to: scratch["again"])
        for number in 0..<6 {
            let name = "1-take1-00000\(number).png"
            #expect(
                try PictureFile.read(scratch["out/\(name)"]) == PictureFile.read(scratch["again/\(name)"]))
        }
        // Drawn at the packed size, or drawn at the crop's and shrunk: the edge's greys differ by little.
        let after = try PackedSet(mapping: workspace.packed(set: "a"))
        let taken = Array(after.file.bytes(of: try after.file.entry("masks")))
        #expect(zip(drawn, taken).allSatisfy { abs(Int($0) - Int($1)) <= 16 })

        #expect(try MaskClearing(workspace, set: "a").run() == 6)
        let cleared = try PackedSet(mapping: workspace.packed(set: "a"))
        #expect(Array(cleared.file.bytes(of: try cleared.file.entry("masks"))) == drawn)
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: workspace.cropsFolder(set: "a").appending(path: "masks").path
            ).isEmpty)
    }

    @Test("a painted mask is what training reads; the others stay drawn; other sizes are resampled")
    func painted() throws {
        let before = try packed()
        try paint("1-take1-000001") { column, _ in column < 32 ? 1 : 0 }
        try paint("1-take1-000004", size: 128) { _, row in row < 64 ? 0 : 1 }
        #expect(try MaskImport(workspace, set: "a").run(scratch["in"]) == 2)
        let after = try PackedSet(mapping: workspace.packed(set: "a"))
        for face in [0, 2, 3, 5] { #expect(try after.mask(face) == before.mask(face)) }
        let (first, second) = (try after.mask(1), try after.mask(4))
        for index in 0..<32 * 32 {
            #expect(first.values[index] == (index % 32 < 16 ? 1 : 0))
            #expect(second.values[index] == (index / 32 < 16 ? 0 : 1))
        }
        // A second mask replaces the first, and its file.
        try FileManager.default.removeItem(at: scratch["in/1-take1-000004.png"])
        try paint("1-take1-000001") { _, _ in 1 }
        #expect(try MaskImport(workspace, set: "a").run(scratch["in"]) == 1)
        #expect(try packed().mask(1).values.allSatisfy { $0 == 1 })
        #expect(try workspace.index.masks(ofSet: "a").count == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: workspace.cropsFolder(set: "a").appending(path: "masks").path
            ).count == 2)
        #expect(try MaskClearing(workspace, set: "a").run(["1-take1/000001.png"]) == 1)
        #expect(throws: CurationError.self) { try MaskClearing(workspace, set: "a").run(["1-take1-000001"]) }
        #expect(try packed().mask(4) == second)
    }

    @Test("files that cannot be meant are all named, and none of the folder is taken")
    func refused() throws {
        _ = try packed()
        try paint("1-take1-000000") { _, _ in 1 }
        try paint("nobody") { _, _ in 1 }
        try paint("1-take1-000001", size: 4) { _, _ in 1 }
        try PictureFile.write(Plane(width: 64, height: 48), to: scratch["in/1-take1-000002.png"])
        try PictureFile.write(Picture(width: 64, height: 64, red: 200), to: scratch["in/1-take1-000003.png"])
        try PictureFile.write(Plane(width: 64, height: 64), to: scratch["in/1-take1-000004.jpg"])
        try Data("no picture".utf8).write(to: scratch["in/1-take1-000005.png"])
        let error = #expect(throws: CurationError.self) {
            try MaskImport(workspace, set: "a").run(scratch["in"])
        }
        for words in [
            "nobody.png matches no crop", "1-take1-000001.png is 4×4", "1-take1-000002.png is 64×48",
            "1-take1-000003.png has colours", "1-take1-000004.jpg is not a PNG", "1-take1-000005.png",
        ] {
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        }
        #expect(error?.message.contains("1-take1-000000") == false)
        #expect(try workspace.index.masks(ofSet: "a").isEmpty)
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: workspace.cropsFolder(set: "a").appending(path: "masks").path
            ).isEmpty)
        #expect(try workspace.index.set("a")?.isPacked == true)
    }
}
