import Files
import Foundation
import Media

/// What was written of a part.
struct PartTally: Codable, Equatable {
    var frames = 0
    /// Frames in which a face was swapped.
    var swapped = 0
    /// Frames of the target that could not be decoded.
    var unreadable = 0
    /// What became of each person.
    var sightings = SwapTally()
    /// Seconds of the target at which the last frame ends.
    var end = 0.0
}

/// The folder beside an output in which its parts wait until they are all there.
///
/// A part is there when its tally is, which is written last. What the parts are made of is written down: parts of another
/// conversion are thrown away.
struct PartsFolder {
    let url: URL

    /// Opens the folder of an output, or makes it.
    ///
    /// - Parameter content: what decides how the parts look.
    /// - Throws: `FileError` `notWritable`, `diskFull`.
    init(of output: URL, content: PartsContent) throws {
        let name = ".\(output.lastPathComponent).parts"
        url = output.deletingLastPathComponent().appendingPathComponent(name, isDirectory: true)
        try PartsFolder.make(url, for: output)
        if let earlier = try? Data(contentsOf: file("content.json")),
            (try? JSONDecoder().decode(PartsContent.self, from: earlier)) == content
        {
            return
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] {
            try? FileManager.default.removeItem(at: file(name))
        }
        try write(content, to: "content.json")
    }

    private init(inside folder: URL) throws {
        url = folder.appendingPathComponent("unmarked", isDirectory: true)
        try FileSystem.makeFolder(url)
    }

    /// A folder within this one, for parts of the target itself without marks.
    func unmarked() throws -> PartsFolder { try PartsFolder(inside: url) }

    func part(_ number: Int) -> URL { file("\(name(number)).\(VideoPartWriter.fileExtension)") }
    /// The same part of the comparison.
    func comparison(_ number: Int) -> URL { file("\(name(number)).beside.\(VideoPartWriter.fileExtension)") }

    /// What was written of a part; nil where it is not there.
    func tally(_ number: Int) -> PartTally? {
        guard let data = try? Data(contentsOf: file("\(name(number)).json")) else { return nil }
        return try? JSONDecoder().decode(PartTally.self, from: data)
    }

    func finish(_ number: Int, _ tally: PartTally) throws { try write(tally, to: "\(name(number)).json") }

    /// Whether the parts have been joined by someone else.
    var isGone: Bool { !FileManager.default.fileExists(atPath: url.path) }

    func remove() { try? FileManager.default.removeItem(at: url) }

    /// Removes the folder where no part is there to go on from.
    func removeIfEmpty() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        if names.allSatisfy({ ["content.json", "lock"].contains($0) }) { remove() }
    }

    /// Does something while no other process joins these parts.
    func locked<Value>(_ body: () throws -> Value) throws -> Value {
        let descriptor = open(file("lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        // Gone with its folder: another process has joined them.
        guard descriptor >= 0 else { return try body() }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
        return try body()
    }

    private func name(_ number: Int) -> String { String(format: "%05d", number) }
    private func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    private func write(_ value: some Encodable, to name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try DurableFile.write(encoder.encode(value), to: file(name))
    }

    private static func make(_ url: URL, for output: URL) throws {
        try DurableFile.requireWritable(output)
        try FileSystem.makeFolder(url)
    }
}
