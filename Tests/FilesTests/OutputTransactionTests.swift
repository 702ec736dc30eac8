import Foundation
import Testing

@testable import Files

@Suite("outputs as transactions") struct OutputTransactionTests {
    let folder: URL
    var output: URL { folder.appending(path: "film.mp4") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileSystem.makeFolder(folder)
    }

    private func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func write(_ text: String, to file: URL) throws {
        try DurableFile.write(Data(text.utf8), to: file)
    }

    /// Produces the output up to a step, as a run interrupted there.
    private func run(to step: OutputTransaction.Step, order: String = "a") throws {
        let transaction = try OutputTransaction(output)
        defer { transaction.leave() }
        try transaction.begin(order)
        for next in [OutputTransaction.Step.made, .signed, .recorded] where next <= step {
            let file = next == .made ? transaction.made : transaction.signed
            if next != .recorded { try write("\(next.rawValue) by \(order)", to: file) }
            try transaction.finish(next, next.rawValue, file: file)
        }
    }

    @Test("finished steps are found by the next run, with their results", arguments: [0, 1, 2])
    func steps(_ place: Int) throws {
        let step = [OutputTransaction.Step.made, .signed, .recorded][place]
        try run(to: step)
        let transaction = try OutputTransaction(output)
        try transaction.begin("a")
        #expect(transaction.step == step)
        #expect(transaction.value(of: .made, as: String.self) == "made")
        #expect(transaction.value(of: .recorded, as: String.self) == (step == .recorded ? "recorded" : nil))
        try transaction.publish()
        transaction.close()
        #expect(try contents() == ["film.mp4"])
        let text = try String(contentsOf: output, encoding: .utf8)
        #expect(text == (step == .made ? "made by a" : "signed by a"))
    }

    @Test("a step whose file is missing or truncated is not finished") func damaged() throws {
        try run(to: .signed)
        let inside = OutputTransaction.folder(of: output)
        try write("cut", to: inside.appending(path: "signed.mp4"))
        do {
            let transaction = try OutputTransaction(output)
            try transaction.begin("a")
            #expect(transaction.step == .made && transaction.file?.lastPathComponent == "made.mp4")
        }
        try FileSystem.remove(inside.appending(path: "made.mp4"))
        let transaction = try OutputTransaction(output)
        #expect(transaction.step == nil)
    }

    @Test("another order removes unfinished work, but publishes a recorded output first")
    func otherOrder() throws {
        try run(to: .signed)
        do {
            let transaction = try OutputTransaction(output)
            try transaction.begin("b")
            #expect(transaction.step == nil && !FileSystem.exists(output))
        }
        try run(to: .recorded, order: "b")
        let transaction = try OutputTransaction(output)
        var records: [String] = []
        transaction.supersedes = { records.append($0) }
        try transaction.begin("c")
        #expect(transaction.step == nil && records == ["recorded"])
        #expect(try String(contentsOf: output, encoding: .utf8) == "signed by b")
    }

    @Test("a run killed between renaming and removing the folder has published") func published() throws {
        try run(to: .recorded)
        do {
            let transaction = try OutputTransaction(output)
            try transaction.publish()
        }
        let transaction = try OutputTransaction(output)
        try transaction.begin("a")
        #expect(transaction.step == .published && transaction.value(of: .made, as: String.self) == "made")
        transaction.close()
        #expect(try contents() == ["film.mp4"])
    }

    @Test("a published output's folder is removed atomically")
    func removedAtOnce() throws {
        try run(to: .recorded)
        let transaction = try OutputTransaction(output)
        try transaction.publish()
        let inside = transaction.folder
        let files = (0..<4_000).map { inside.appending(path: "parts/\($0).nut").path }
        try FileSystem.makeFolder(transaction.partsFolder)
        for file in files { try Data().write(to: URL(filePath: file)) }
        let watch = Watch(files: files, folder: inside.path)
        transaction.close()
        #expect(!watch.sawHalf())
        #expect(try contents() == ["film.mp4"])
    }

    /// Polls a folder from another thread until a file is missing: then the folder must be gone, too.
    private final class Watch: @unchecked Sendable {
        private let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        private var isHalf = false

        init(files: [String], folder: String) {
            let thread = Thread { [self] in
                begun.signal()
                while files.allSatisfy({ access($0, F_OK) == 0 }) {}
                // The file before the folder: a folder that is gone now had all its files before.
                isHalf = access(folder, F_OK) == 0
                ended.signal()
            }
            thread.start()
            begun.wait()
        }

        /// Called after the folder has been removed.
        func sawHalf() -> Bool {
            ended.wait()
            return isHalf
        }
    }

    @Test("a partially removed folder of a published output is removed by the next run and ignored")
    func removedHalf() throws {
        try run(to: .recorded)
        let abandoned = folder.appending(path: "..film.mp4.unfinished.4194305-1@\(TemporaryName.host).tmp")
        do {
            let transaction = try OutputTransaction(output)
            try transaction.publish()
        }
        // The state after a kill: renamed, some files missing.
        try FileSystem.rename(OutputTransaction.folder(of: output), to: abandoned)
        try FileSystem.remove(abandoned.appending(path: "recorded.json"))
        let transaction = try OutputTransaction(output)
        #expect(transaction.step == nil && !FileSystem.exists(abandoned))
        transaction.leave()
        #expect(try contents() == ["film.mp4"])
    }

    @Test("a folder at the output's path is an error that names it, and nothing is lost") func folderInPlace()
        throws
    {
        try run(to: .recorded)
        try FileSystem.makeFolder(output)
        do {
            let transaction = try OutputTransaction(output)
            let error = #expect(throws: FileError.self) { try transaction.publish() }
            #expect(error?.message.contains("film.mp4 is a folder now") == true)
        }
        rmdir(output.path)
        let transaction = try OutputTransaction(output)
        #expect(transaction.step == .recorded)
        try transaction.publish()
        #expect(try String(contentsOf: output, encoding: .utf8) == "signed by a")
    }

    @Test("a second run on an output fails, naming the first's process; a run without results leaves nothing")
    func locked() throws {
        do {
            let first = try OutputTransaction(output)
            let error = #expect(throws: FileError.self) { try OutputTransaction(output) }
            #expect(error?.code == .locked && error?.message.contains("process \(getpid())") == true)
            #expect(error?.message.contains("film.mp4") == true)
            #expect(throws: FileError.self) { try OutputTransaction(output, share: "1-of-2") }
            try first.begin("a")
        }
        #expect(try contents().isEmpty)
    }

    @Test(
        "different shares run concurrently; the same share, a whole run and another order are rejected")
    func shares() throws {
        let first = try OutputTransaction(output, share: "1-of-2")
        let second = try OutputTransaction(output, share: "2-of-2")
        for share in ["1-of-2", nil] {
            let error = #expect(throws: FileError.self) { try OutputTransaction(output, share: share) }
            #expect(error?.code == .locked && error?.message.contains("process \(getpid())") == true)
        }
        try first.begin("a")
        #expect(throws: FileError.self) { try second.begin("b") }
        try second.begin("a")
        second.leave()
        #expect(FileSystem.isFolder(first.folder), "the first share still works there")
        #expect(try first.alone { 1 } == 1)
        try write("whole", to: first.made)
        try first.finish(.made, 1, file: first.made)
        try first.publish()
        let third = try OutputTransaction(output, share: "2-of-2")
        first.close()
        #expect(try third.alone { 1 } == nil, "another share has published it")
        third.leave()
        #expect(try contents() == ["film.mp4"])
    }

    @Test("a folder of pictures replaces an empty folder only") func pictures() throws {
        let transaction = try OutputTransaction(folder.appending(path: "shots"))
        try transaction.begin("a")
        try FileSystem.makeFolder(transaction.made)
        try write("1", to: transaction.made.appending(path: "1.png"))
        try transaction.finish(.made, 1, file: transaction.made)
        try FileSystem.makeFolder(transaction.output)
        try write("mine", to: transaction.output.appending(path: "mine"))
        let error = #expect(throws: FileError.self) { try transaction.publish() }
        #expect(error?.message.contains("shots is a folder now, with files in it") == true)
        try FileSystem.remove(transaction.output.appending(path: "mine"))
        try transaction.publish()
        transaction.close()
        #expect(try contents() == ["shots"])
    }

    @Test("names of the maximum length, 255 bytes") func longNames() throws {
        let long = folder.appending(path: String(repeating: "ä", count: 125) + "x.mp4")
        #expect(long.lastPathComponent.utf8.count == 255)
        let transaction = try OutputTransaction(long)
        try transaction.begin("a")
        try write("long", to: transaction.made)
        try transaction.finish(.made, 1, file: transaction.made)
        try transaction.publish()
        transaction.close()
        #expect(try String(contentsOf: long, encoding: .utf8) == "long")
        #expect(try contents().count == 1)
    }

    @Test(
        "temporary files of dead processes are removed, including those of earlier versions, and no others")
    func collects() throws {
        // Not a valid process ID: the kernel's maximum is 2^22.
        let dead = 4_194_305
        let gone = [".a.\(dead)-1@\(TemporaryName.host).tmp", ".checkpoint.safetensors.\(dead).tmp"]
        let kept = [
            ".a.\(dead)-1@elsewhere.tmp", ".a.\(getppid())-1@\(TemporaryName.host).tmp",
            ".b.\(getppid()).tmp", ".notes.tmp", "a.\(dead).tmp",
        ]
        for name in gone + kept { try Data("12345".utf8).write(to: folder.appending(path: name)) }
        #expect(TemporaryName.collect(in: folder) == 10)
        #expect(try contents() == kept.sorted())
    }
}
