import Foundation
import Testing

@testable import Media

@Suite("Bad input")
struct BadInputTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("files that are not videos are errors that name the file")
    func noVideos() throws {
        try Data(String(repeating: "It was a dark and stormy night.\n", count: 200).utf8).write(
            to: scratch["text.mp4"])
        try Data().write(to: scratch["empty.mp4"])
        try FileManager.default.createDirectory(at: scratch["folder.mp4"], withIntermediateDirectories: false)
        try Data("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".utf8).write(to: scratch["list.mp4"])
        for name in ["text.mp4", "empty.mp4", "folder.mp4", "list.mp4", "none.mp4"] {
            let error = try #require(mediaError { _ = try VideoReader(scratch[name]) }, "\(name)")
            #expect(error.code == (name == "none.mp4" ? .missing : .unreadable), "\(error)")
            #expect(error.isBadInput && error.message.contains(name), "\(error)")
        }
    }
}
