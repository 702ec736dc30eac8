import Faces
import Foundation
import Media
import Pictures
import Testing
import Vision
import Workspace

@testable import Curation

/// Calls the right half of crops of one shade background.
private struct HalfSegmenter: FaceSegmenter {
    func person(in picture: Picture) throws -> Plane {
        // The number of the face is in the red of the last row.
        let number = picture.pixels[(picture.width * picture.height - 1) * 3] / 10
        var plane = Plane(width: picture.width, height: picture.height, repeating: 1)
        for index in plane.values.indices {
            switch number {
            case 1: plane.values[index] = index % picture.width < picture.width / 2 + 12 ? 1 : 0
            case 2: plane.values[index] = 0  // the person is missed
            default: break
            }
        }
        return plane
    }
}

@Suite("Refining masks")
struct MaskRefiningTests {
    @Test("what is not the person leaves the mask; masks that hardly change, and painted ones, stay")
    func refine() throws {
        let scratch = try Scratch()
        let workspace = try furnished(scratch["w"])
        try SetPacking(workspace, set: "a", read: PictureFile.read).run()
        let before = try PackedSet(mapping: workspace.packed(set: "a"))
        try FileManager.default.createDirectory(at: scratch["in"], withIntermediateDirectories: true)
        try PictureFile.write(
            Plane(width: 64, height: 64, repeating: 1), to: scratch["in/1-take1-000004.png"])
        #expect(try MaskImport(workspace, set: "a").run(scratch["in"]) == 1)

        let refining = MaskRefining(workspace, set: "a", segmenter: HalfSegmenter())
        let (looked, refined) = try refining.run()
        #expect(looked == 5 && refined == 1)
        let after = try PackedSet(mapping: workspace.packed(set: "a"))
        for face in [0, 2, 3, 5] { #expect(try after.mask(face) == before.mask(face)) }
        #expect(try after.mask(4).values.allSatisfy { $0 == 1 })
        let (drawn, mask) = (try before.mask(1), try after.mask(1))
        for index in 0..<32 * 32 where index % 32 != 21 && index % 32 != 22 {
            let expected = index % 32 < 22 ? drawn.values[index] : 0
            #expect(abs(mask.values[index] - expected) < 0.07)
        }
        #expect(drawn.values.enumerated().contains { $0 % 32 > 22 && $1 > 0.9 })
        // A second run has nothing to do for the faces that have one.
        #expect(try refining.run().refined == 0)
        #expect(try MaskClearing(workspace, set: "a").run() == 2)
    }
}
