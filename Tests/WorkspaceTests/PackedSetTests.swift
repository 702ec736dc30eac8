import Faces
import Foundation
import Pictures
import Safetensors
import Testing

@testable import Workspace

@Suite("Packed set")
struct PackedSetTests {
    private static func packed(_ folder: URL, size: Int = 16) throws -> (Workspace, URL) {
        let (workspace, clip, state) = try furnished(folder)
        var faces = [4, 0, 2].map { record($0, clip: clip.id ?? 0, frame: $0) }
        for index in faces.indices { faces[index].cropFile = "\(faces[index].frame).png" }
        faces.append(record(7, clip: clip.id ?? 0, frame: 7))  // never cropped: not in the pack
        try workspace.index.commit(faces, state)
        let url = workspace.packed(set: "a")
        try PackedSetWriter(crop: .full, margin: 0.25, size: size).write(
            set: "a", of: workspace.index, to: url
        ) {
            Picture(width: 16, height: 16, red: UInt8($0.frame), green: 100, blue: 200)
        }
        return (workspace, url)
    }

    @Test("holds every cropped face, ordered by frame")
    func roundTrip() throws {
        let scratch = try Scratch()
        let (_, url) = try Self.packed(scratch.url)
        let set = try PackedSet(mapping: url)
        #expect(
            set.count == 3 && set.size == 16 && set.crop == .full && set.name == "a" && set.margin == 0.25)
        #expect(set.sources == ["a.mp4"])
        #expect(try set.file.values("frame", as: Int32.self) == [0, 2, 4])
        #expect(try set.file.values("time", as: Double.self) == [0, 0.08, 0.16])
        #expect(try set.picture(1) == Picture(width: 16, height: 16, red: 2, green: 100, blue: 200))
        #expect(
            try set.file.values("pose", as: Float.self) == [0, -2.5, 3, 2, -2.5, 3, 4, -2.5, 3])
        let expression = try set.file.values("expression", as: Float.self)
        #expect(Array(expression[52..<104]) == syntheticFace(2).expression.coefficients)
        let openings = syntheticFace(4).openings
        #expect(
            try set.file.values("openings", as: Float.self).suffix(3)
                == [openings.mouth, openings.leftEye, openings.rightEye])
        // Frames 0, 2 and 4 are no neighbours: nothing is smoothed.
        let third = syntheticFace(4)
        let measures = try set.file.values("measures", as: Float.self)
        #expect(
            Array(measures.suffix(FaceMeasures.count))
                == FaceMeasures(landmarks: third.landmarks, expression: third.expression).values)
        let face = syntheticFace(2)
        let expected = FaceMask.plane(
            landmarks: face.landmarks, transform: face.alignment.crop(.full, size: 16, margin: 0.25), size: 16
        )
        let mask = try set.mask(1)
        #expect(zip(mask.values, expected.values).allSatisfy { abs($0 - $1) <= 0.5 / 255 + 1e-6 })
        #expect(mask.values.contains { $0 > 0.5 } && mask.values.contains { $0 < 0.5 })
    }

    @Test("a set packed by an earlier Dimorph is read, and packed anew by the next command that packs")
    func earlier() throws {
        let scratch = try Scratch()
        let (_, url) = try Self.packed(scratch.url)
        let new = try PackedSet(mapping: url)
        #expect(new.isCurrent)
        // As version 0.9 named them: one gaze across for both eyes.
        let names = FaceMeasures.names.compactMap { name in
            ["gazeRight": "gazeSide", "gazeLeft": nil][name, default: name]
        }
        #expect(names.count == FaceMeasures.count - 1)
        let measures = try new.measures()
        var arrays = Dictionary(
            uniqueKeysWithValues: try PackedSet.layout(count: 3, size: 16).map { name, type, shape in
                (
                    name,
                    StoredTensor(
                        type: type, shape: shape, bytes: Array(new.file.bytes(of: try new.file.entry(name))))
                )
            })
        arrays["measures"] = StoredTensor(
            measures.flatMap { $0.values(named: names) }, type: .f32, shape: [3, names.count])
        var metadata = new.file.metadata
        metadata["measures"] = String(decoding: try JSONEncoder().encode(names), as: UTF8.self)
        try SafetensorsWriter.write(arrays, metadata: metadata, to: url)
        let old = try PackedSet(mapping: url)
        #expect(!old.isCurrent)
        for (one, other) in zip(try old.measures(), measures) {
            for (name, (value, own)) in zip(FaceMeasures.names, zip(one.values, other.values)) {
                let gaze = other.values(named: ["gazeSide"])[0]
                #expect(value == (name.hasPrefix("gaze") && name != "gazeDown" ? gaze : own), "\(name)")
            }
        }
        metadata["measures"] = "[\"mouthOpen\"]"
        try SafetensorsWriter.write(arrays, metadata: metadata, to: url)
        let error = try #require(throws: WorkspaceError.self) { try PackedSet(mapping: url) }
        #expect(error.message.contains("faces pack"))
    }

    @Test("a picture of the wrong size leaves no file behind")
    func wrongSize() throws {
        let scratch = try Scratch()
        #expect(throws: WorkspaceError.self) { try Self.packed(scratch.url, size: 24) }
        let sets = scratch.url.appending(path: "sets")
        #expect(try FileManager.default.contentsOfDirectory(atPath: sets.path).isEmpty)
    }

    @Test("what is cut off, foreign or missing is an error that names the file")
    func damaged() throws {
        let scratch = try Scratch()
        let (_, url) = try Self.packed(scratch.url)
        #expect(throws: WorkspaceError.self) { try PackedSet(mapping: scratch.url.appending(path: "no")) }
        let whole = try Data(contentsOf: url)
        try whole.prefix(whole.count / 2).write(to: url)
        let error = try #require(throws: SafetensorsError.self) { try PackedSet(mapping: url) }
        #expect(error.message.contains(url.lastPathComponent))
        try SafetensorsWriter.write([:] as [String: StoredTensor], metadata: ["format": "other"], to: url)
        #expect(throws: WorkspaceError.self) { try PackedSet(mapping: url) }
        let bad = ["time": StoredTensor([Float(1)], type: .f32, shape: [1])]
        try SafetensorsWriter.write(
            bad,
            metadata: [
                "format": "dimorph.faces", "version": "1", "size": "16", "crop": "full", "margin": "0.25",
            ], to: url)
        #expect(throws: (any Error).self) { try PackedSet(mapping: url) }
    }
}
