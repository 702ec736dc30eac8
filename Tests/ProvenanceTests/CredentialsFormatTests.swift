import Foundation
import Testing

@testable import Provenance

@Suite("Types of signed files")
struct CredentialsFormatTests {
    @Test("are determined by content, not by name")
    func content() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "types-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func type(_ name: String, _ bytes: [UInt8]) throws -> (String?, String) {
            let file = folder.appending(path: name)
            try Data(bytes + [UInt8](repeating: 0, count: 16)).write(to: file)
            return (CredentialsFormat.type(of: file), CredentialsFormat.ingredientType(of: file))
        }
        #expect(try type("clip.avi", [0, 0, 0, 24] + Array("ftypisom".utf8)) == ("video/mp4", "video/mp4"))
        #expect(
            try type("clip", [0, 0, 0, 20] + Array("ftypqt  ".utf8)) == ("video/quicktime", "video/quicktime")
        )
        #expect(try type("clip.mp4", [0x1A, 0x45, 0xDF, 0xA3]) == (nil, "video/x-matroska"))
        #expect(try type("clip.mp4", Array("RIFF1234AVI ".utf8)) == ("video/avi", "video/avi"))
        #expect(try type("face.png", [0xFF, 0xD8, 0xFF, 0xE0]) == ("image/jpeg", "image/jpeg"))
        // Unknown content: determined by the name.
        #expect(try type("clip.mov", [1, 2, 3, 4]) == ("video/quicktime", "video/quicktime"))
        #expect(CredentialsFormat.type(of: folder.appending(path: "none.jpg")) == "image/jpeg")
    }
}
