import Foundation
import Testing

@testable import Provenance

/// libc2pa, if Scripts/setup has downloaded it.
enum Installed {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let library = root.appending(path: ".deps/c2pa/libc2pa_c.so")
    static let isHere = FileManager.default.fileExists(atPath: library.path)
}

/// Signing and reading with libc2pa, which Scripts/setup downloads.
@Suite(
    "Content Credentials", .enabled(if: Installed.isHere, "Scripts/setup has not downloaded libc2pa")
)
struct CredentialsTests {
    private let scratch: Scratch
    private let library: CredentialsLibrary
    private let authority: LocalAuthority
    private let sample = Installed.root.appending(path: "Samples/target-c.mp4")

    init() throws {
        scratch = try Scratch()
        library = try CredentialsLibrary(at: Installed.library)
        authority = LocalAuthority(folder: scratch.file("signing"))
    }

    private func manifest(target: URL?, marks: Marks = Marks()) -> Manifest {
        Manifest(
            title: "swapped", version: "1.2.3", target: target,
            models: [ModelReference(architecture: "dimorph-s", sha256: String(repeating: "ab", count: 32))],
            consents: [
                ConsentReference(
                    set: "anna", use: .source, relation: .own, consent: "1",
                    record: String(repeating: "cd", count: 32), document: nil)
            ], marks: marks)
    }

    /// A signed copy of the sample.
    private func signed(_ name: String = "a.mp4", target: URL? = nil, marks: Marks = Marks()) throws -> URL {
        let file = scratch.file(name)
        try FileManager.default.copyItem(at: sample, to: file)
        let signer = CredentialsSigner(library: library, identity: try authority.identity())
        let state = try signer.sign(file, named: file, manifest(target: target ?? sample, marks: marks))
        #expect(state == .signed(by: "Dimorph (local installation), Dimorph local signer"))
        return file
    }

    private func read(_ file: URL, anchored: Bool = false) throws -> CredentialsFinding? {
        try CredentialsReader(library: library, anchors: anchored ? [authority.root].compactMap { $0 } : [])
            .read(file)
    }

    @Test(
        "a signed video is valid, and trusted under its root; its manifest has actions, models and consents"
    )
    func signing() throws {
        let file = try signed(
            marks: Marks(label: .leftOff(reason: "stated in the credits"), watermark: 4_000_000_000))
        let finding = try #require(try read(file))
        #expect(finding.state == .valid && finding.failures.isEmpty)
        #expect(try read(file, anchored: true)?.state == .trusted)
        #expect(finding.generator == "Dimorph 1.2.3")
        #expect(finding.sourceTypes == [OutputMetadata.digitalSourceType])
        #expect(finding.ingredients.sorted() == ["model dimorph-s", "target-c.mp4"])
        #expect(
            finding.marks == Marks(label: .leftOff(reason: "stated in the credits"), watermark: 4_000_000_000)
        )
        #expect(finding.consents == 1)
        let text = String(decoding: try RecordCoding.encode(finding.report), as: UTF8.self)
        #expect(text.contains(try Digest.sha256(of: sample)))
        #expect(text.contains("abababab") && text.contains("cdcdcdcd") && !text.contains("anna"))
    }

    @Test("two flipped bytes in the picture are detected")
    func flipped() throws {
        let file = try signed()
        var bytes = try Data(contentsOf: file)
        for place in [bytes.count / 2, bytes.count / 2 + 1] { bytes[place] ^= 0xff }
        try bytes.write(to: file)
        let finding = try #require(try read(file, anchored: true))
        #expect(finding.state == .invalid && finding.failures.contains("assertion.bmffHash.mismatch"))
    }

    @Test("a target's own manifest is kept in the output's")
    func parent() throws {
        let first = try signed("first.mp4")
        let second = try signed("second.mp4", target: first)
        let finding = try #require(try read(second))
        guard case .object(let manifests)? = finding.report["manifests"] else {
            Issue.record("no manifests")
            return
        }
        #expect(finding.state == .valid && manifests.count == 2)
    }

    @Test("MOV, PNG and JPEG are signed too", arguments: ["mov", "png", "jpg"])
    func formats(type: String) throws {
        let file = scratch.file("a.\(type)")
        try Self.make(type, at: file, sample)
        let signer = CredentialsSigner(library: library, identity: try authority.identity())
        _ = try signer.sign(file, named: file, manifest(target: type == "mov" ? sample : nil))
        #expect(try read(file, anchored: true)?.state == .trusted)
    }

    /// A minimal file of a type; a MOV is the sample with MOV's brand.
    private static func make(_ type: String, at file: URL, _ sample: URL) throws {
        let small = [
            "png":
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAACXBIWXMAAAABAAAAAQBPJcTWAAAAD0lEQVR4nGNowAEYhpYE"
                + "AILzYAGc7g8kAAAAAElFTkSuQmCC",
            "jpg":
                "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
                + "////////////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
                + "AQEAAD8AP//Z",
        ]
        if let text = small[type] { return try #require(Data(base64Encoded: text)).write(to: file) }
        var bytes = try Data(contentsOf: sample)
        bytes.replaceSubrange(8..<12, with: Data("qt  ".utf8))
        try bytes.write(to: file)
    }

    @Test("unsupported formats and files without credentials are reported")
    func none() throws {
        let signer = CredentialsSigner(library: library, identity: try authority.identity())
        let file = scratch.file("a.mkv")
        try Data("x".utf8).write(to: file)
        guard case .unsigned(let reason) = try signer.sign(file, named: file, manifest(target: nil)) else {
            Issue.record("an .mkv was signed")
            return
        }
        #expect(reason.contains(".mkv cannot carry"))
        #expect(try read(sample) == nil)
    }

    @Test("a failed signing leaves the file unchanged, and no temporary file")
    func failure() throws {
        let file = scratch.file("a.mp4")
        try Data("no video".utf8).write(to: file)
        let signer = CredentialsSigner(library: library, identity: try authority.identity())
        #expect(throws: ProvenanceError.self) { try signer.sign(file, named: file, manifest(target: sample)) }
        #expect(try Data(contentsOf: file) == Data("no video".utf8))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == [
                "a.mp4", "signing",
            ])
    }

    @Test("a missing library is an error with a remedy")
    func missing() {
        do {
            _ = try CredentialsLibrary(at: scratch.file("libc2pa_c.so"))
            Issue.record("there is no library")
        } catch {
            #expect("\(error)".contains("libc2pa is not installed") && "\(error)".contains("Scripts/setup"))
        }
    }
}
