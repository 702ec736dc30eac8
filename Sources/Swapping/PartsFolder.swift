import Files
import Foundation
import Media

/// Record of a finished part.
struct PartTally: Codable, Equatable {
    var frames = 0
    /// Frames with a swapped face.
    var swapped = 0
    /// Positions of undecodable frames of the target.
    var unreadable: [UnreadablePlace] = []
    /// The outcome for each person.
    var sightings = SwapStatistics()
    /// End of the last frame, in seconds of the target.
    var end = 0.0
}

/// The folder that holds the parts of an output until the output is published.
///
/// A part is finished once its record exists, which is written last. All parts belong to the same transaction. Safe to use
/// from several threads.
final class PartsFolder: @unchecked Sendable {
    private let url: URL
    private let output: URL
    private let lock = NSLock()
    /// Locks of the parts of this run; guarded by `lock`.
    private var claims: [Int: FileLock] = [:]

    /// - Throws: `FileError` `notWritable`, `diskFull`.
    init(of transaction: OutputTransaction) throws {
        (url, output) = (transaction.partsFolder, transaction.output)
        try FileSystem.makeFolder(url)
    }

    private init(inside folder: PartsFolder) throws {
        url = folder.url.appendingPathComponent("unmarked", isDirectory: true)
        output = folder.output
        try FileSystem.makeFolder(url)
    }

    /// A folder within this one for unmarked parts of the target.
    func unmarked() throws -> PartsFolder { try PartsFolder(inside: self) }

    func part(_ number: Int) -> URL { file("\(name(number)).\(VideoPartWriter.fileExtension)") }
    /// The same part of the comparison.
    func comparison(_ number: Int) -> URL { file("\(name(number)).beside.\(VideoPartWriter.fileExtension)") }

    /// The record of a part; `nil` if it is not finished.
    func tally(_ number: Int) -> PartTally? {
        guard let data = try? Data(contentsOf: file("\(name(number)).json")) else { return nil }
        return try? JSONDecoder().decode(PartTally.self, from: data)
    }

    /// Claims a part for this run.
    ///
    /// - Returns: whether this run converts it: false if another run converts or has converted it.
    func claim(_ number: Int) throws -> Bool {
        do throws(FileError) {
            let claim = try FileLock(lockFile(number), on: "part \(number) of \(output.path)")
            lock.withLock { claims[number] = claim }
        } catch {
            guard error.code == .locked else { throw error }
            return false
        }
        guard tally(number) != nil else { return true }
        release(number)
        return false
    }

    func isClaimed(_ number: Int) -> Bool { lock.withLock { claims[number] != nil } }

    /// Marks a part as finished.
    func finish(_ number: Int, _ tally: PartTally) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try DurableFile.write(encoder.encode(tally), to: file("\(name(number)).json"))
        release(number)
    }

    /// Releases this run's unfinished parts to other runs.
    func releaseAll() { for number in lock.withLock({ Array(claims.keys) }) { release(number) } }

    private func release(_ number: Int) {
        unlink(lockFile(number).path)
        lock.withLock { claims[number] = nil }
    }

    private func name(_ number: Int) -> String { String(format: "%05d", number) }
    private func file(_ name: String) -> URL { url.appendingPathComponent(name) }
    private func lockFile(_ number: Int) -> URL { file("\(name(number)).lock") }
}
