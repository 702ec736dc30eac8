import Faces
import Foundation
import Media
import Pictures
import Provenance
import Testing

@testable import Swapping

/// Conversions in which no person, or only a part of them, is swapped: marks and messages must be correct.
@Suite("Conversions without a swap")
struct UnchangedTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("unchanged-\(UUID().uuidString)")
    private var output: URL { folder.appendingPathComponent("output.mkv") }

    private func target(_ frames: Int) throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appendingPathComponent("target.mkv")
        let info = VideoInfo(width: 160, height: 120, frameRate: Rational(25))
        let writer = try VideoWriter(url, like: info, settings: EncodingSettings(codec: .ffv1))
        for index in 0..<frames {
            try writer.append(try VideoFrame(MemoryFrame.waves(index).pixels, index: index, like: info))
        }
        try writer.finish()
        return url
    }

    private func samples(_ url: URL) throws -> [[[UInt8]]] {
        let reader = try VideoReader(url)
        var frames: [[[UInt8]]] = []
        while let frame = try reader.next() { frames.append(try frame.nativeSamples()) }
        return frames
    }

    private func convert(
        _ target: URL, _ roles: [SwapRole], allowed: Bool = false, comparison: URL? = nil,
        settings: ConversionSettings = ConversionSettings(), faces: @escaping (Int) -> [ObservedFace]
    ) throws -> ConversionReport {
        try Converter(observer: ScriptedObserver(faces), roles: roles, settings: settings).convert(
            target: target, output: output, comparison: comparison,
            encoding: EncodingSettings(codec: .ffv1), partLength: 10, allowsUnchanged: allowed)
    }

    /// A swapper that returns the crop at half its brightness.
    private static var dark: ScriptedSwapper {
        ScriptedSwapper { request in
            var dark = request.crop
            dark.pixels = dark.pixels.map { $0 / 2 }
            return dark
        }
    }

    /// An embedding with cosine 0.1 to the first axis.
    private static let unlike = Embedding(values: (0..<128).map { $0 == 0 ? 0.1 : $0 == 1 ? 0.995 : 0 })

    private func reason(
        _ roles: [SwapRole], _ settings: ConversionSettings = ConversionSettings(),
        _ faces: @escaping (Int) -> [ObservedFace]
    )
        throws -> String
    {
        let target = try target(12)
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = try #require(throws: SwappingError.self) {
            try convert(target, roles, settings: settings, faces: faces)
        }
        #expect(error.code == .unchanged && error.isBadInput && error.message.contains("--allow-unchanged"))
        #expect(!FileManager.default.fileExists(atPath: output.path))
        return error.message
    }

    @Test("a conversion without a swap is an error with the reason")
    func reasons() throws {
        let person = [SwapRole(person: "c", swapper: Self.dark, identity: axis(0))]
        #expect(try reason(person) { _ in [] }.contains("no face was found in any of 12 frames"))
        let other = try reason(person) { _ in
            [scriptedFace(x: 80, y: 58, embedding: Self.unlike)]
        }
        #expect(
            other.contains(
                "faces were detected in 12 of 12 frames, but none matches 'c': the highest similarity is 0.10, the threshold 0.45 (`dimorph convert --likeness`)"
            ),
            "\(other)")
        var edited = ConversionSettings()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let list = folder.appendingPathComponent("edits.toml")
        try Data("[[edit]]\nfrom = 0\nto = 60\nswap = false\n".utf8).write(to: list)
        edited.edits = try EditList(reading: list)
        let own = { (_: Int) in [scriptedFace(x: 80, y: 58, embedding: axis(0))] }
        #expect(try reason(person, edited, own).contains("edits disable the swap of 'c' in 12 frames"))
        var clear = ConversionSettings()
        clear.composite.opacity = 0
        #expect(try reason(person, clear, own).contains("hide the swapped face in 12 frames"))
        let outside = try reason(person) { _ in [scriptedFace(x: 900, y: 58, embedding: axis(0))] }
        #expect(outside.contains("is outside the picture in 12 frames"))
    }

    @Test("if allowed, the output equals the target sample for sample and carries no synthetic-media mark")
    func allowed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(32)
        let beside = folder.appendingPathComponent("beside.mkv")
        let role = [SwapRole(person: "c", swapper: Self.dark, identity: axis(0))]
        let faces = { (_: Int) in [scriptedFace(x: 80, y: 58, embedding: axis(1))] }
        #expect(throws: SwappingError.self) { try convert(target, role, faces: faces) }
        // The refused run's detections are reused.
        let observer = ScriptedObserver(faces)
        let report = try Converter(observer: observer, roles: role).convert(
            target: target, output: output, encoding: EncodingSettings(codec: .ffv1), partLength: 10,
            allowsUnchanged: true)
        #expect(observer.count == 0 && report.isUnchanged && report.swapped == 0 && report.frames == 32)
        #expect(report.watermark == nil && report.statement(of: .result) == nil)
        #expect(try samples(output) == samples(target))
        for value in try VideoReader(output).metadata.values {
            #expect(!OutputMetadata.declaresSynthetic(value), "\(value)")
        }
        #expect(try Data(contentsOf: output).range(of: Data("TrainedAlgorithmicMedia".utf8)) == nil)
        _ = try convert(target, role, allowed: true, comparison: beside, faces: faces)
        #expect(try Data(contentsOf: beside).range(of: Data("TrainedAlgorithmicMedia".utf8)) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }

    @Test("the metadata of a partly swapped video contain the number of swapped frames")
    func partly() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let role = [SwapRole(person: "c", swapper: Self.dark, identity: axis(0))]
        let report = try convert(target(32), role) {
            $0 % 44 < 12 ? [scriptedFace(x: 80, y: 58, embedding: axis(0))] : []
        }
        #expect(report.swapped > 0 && report.swapped < 32 && !report.isUnchanged)
        #expect(report.sightings.frames == 32 && report.sightings.people.map(\.swapped) == [report.swapped])
        let comment = try #require(
            try VideoReader(output).metadata.first { $0.key.lowercased() == "comment" })
        #expect(comment.value.contains("in \(report.swapped) of 32 frames"), "\(comment)")
    }

    @Test("the report names each person who was never swapped, with the reason")
    func several() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let roles = ["ben", "carl"].enumerated().map {
            SwapRole(person: $1, swapper: Self.dark, identity: axis($0))
        }
        let report = try convert(target(12), roles) { _ in
            [scriptedFace(x: 80, y: 58, embedding: axis(0))]
        }
        #expect(report.swapped == 12 && report.sightings.neverSwapped.map(\.name) == ["carl"])
        let reason = report.sightings.reason(
            for: try #require(report.sightings.neverSwapped.first))
        #expect(reason.contains("none matches 'carl': the highest similarity is 0.00"))
    }

    @Test("a layer's metadata describe it: a generated face, or a mask without a person")
    func layers() {
        var report = ConversionReport(frames: 9, swapped: 4)
        let mask = OutputMetadata(report.statement(of: .mask) ?? SwapStatement(.video, swapped: 0, frames: 0))
        #expect(mask.comment.hasPrefix("A mask for a face") && mask.comment.contains("in 4 of 9 frames"))
        let face = report.statement(of: .face)
        #expect(face?.digitalSourceType == OutputMetadata.whollyGenerated)
        report.isUnchanged = true
        #expect(report.statement(of: .mask) == nil)
    }

    @Test("a single frame without a swap is an error, or the target's own")
    func still() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(12)
        func still(_ allowed: Bool) throws -> Converter.Still {
            try Converter(observer: ScriptedObserver { _ in [] }, swapper: Self.dark).still(
                target: target, frame: 3, allowsUnchanged: allowed)
        }
        let error = #expect(throws: SwappingError.self) { try still(false) }
        #expect(
            error?.message.contains("frame 3 of") == true
                && error?.message.contains("no face was found") == true)
        let plain = try still(true)
        #expect(plain.isUnchanged && plain.result == plain.target)
    }

    @Test("the conversion starts only after all checks have passed")
    func begins() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(4)
        var begun = 0
        let converter = Converter(
            observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] }, swapper: Self.dark)
        for (wrong, output) in [
            (folder.appendingPathComponent("none.mkv"), output), (target, target),
            (target, folder.appendingPathComponent("none/output.mkv")),
        ] {
            #expect(throws: (any Error).self) {
                try converter.convert(target: wrong, output: output, begin: { begun += 1 })
            }
        }
        #expect(begun == 0)
        _ = try converter.convert(target: target, output: output, begin: { begun += 1 })
        #expect(begun == 1)
    }
}
