import Files
import Foundation
import Media

/// What was written of a part.
struct PartTally: Codable, Equatable {
    var frames = 0
    /// Frames in which a face was swapped.
    var swapped = 0
    /// Where frames of the target could not be decoded.
    var unreadable: [UnreadablePlace] = []
    /// What became of each person.
    var sightings = SwapTally()
    /// Seconds of the target at which the last frame ends.
    var end = 0.0
}

/// The folder in which the parts of an output wait until the output has its name.
///
/// A part is there when its tally is, which is written last. All parts are of the transaction's order. Safe to use from
/// several threads.
final class PartsFolder: @unchecked Sendable {
    private let url: URL
    private let output: URL
    private let lock = NSLock()
    /// Of the parts that this run makes; guarded by `lock`.
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

    /// A folder within this one, for parts of the target itself without marks.
    func unmarked() throws -> PartsFolder { try PartsFolder(inside: self) }

    func part(_ number: Int) -> URL { file("\(name(number)).\(VideoPartWriter.fileExtension)") }
    /// The same part of the comparison.
    func comparison(_ number: Int) -> URL { file("\(name(number)).beside.\(VideoPartWriter.fileExtension)") }

    /// What was written of a part; nil where it is not there.
    func tally(_ number: Int) -> PartTally? {
        guard let data = try? Data(contentsOf: file("\(name(number)).json")) else { return nil }
        return try? JSONDecoder().decode(PartTally.self, from: data)
    }

    /// Takes a part for this run.
    ///
    /// - Returns: whether this run is to make it: not where another run makes it or has made it.
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

    /// Marks a part as made.
    func finish(_ number: Int, _ tally: PartTally) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try DurableFile.write(encoder.encode(tally), to: file("\(name(number)).json"))
        release(number)
    }

    /// Lets other runs make the parts that this one has not finished.
    func releaseAll() { for number in lock.withLock({ Array(claims.keys) }) { release(number) } }

    private func release(_ number: Int) {
        unlink(lockFile(number).path)
        lock.withLock { claims[number] = nil }
    }

    private func name(_ number: Int) -> String { String(format: "%05d", number) }
    private func file(_ name: String) -> URL { url.appendingPathComponent(name) }
    private func lockFile(_ number: Int) -> URL { file("\(name(number)).lock") }
}
