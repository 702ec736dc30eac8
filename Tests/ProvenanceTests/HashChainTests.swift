import Foundation
import Testing

@testable import Provenance

@Suite("Hash chain")
struct HashChainTests {
    private let scratch: Scratch
    private let chain: HashChain<String>

    init() throws {
        scratch = try Scratch()
        chain = HashChain(folder: scratch.url, name: "records")
        for word in ["one", "two", "three", "four"] { try chain.append(word) }
    }

    private var text: String {
        get throws { try String(contentsOf: chain.file, encoding: .utf8) }
    }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: chain.file) }

    private func complaint() -> String {
        do {
            _ = try chain.links()
            return ""
        } catch {
            return (error as? ProvenanceError)?.code == .tampered ? "\(error)" : "another error: \(error)"
        }
    }

    @Test("returns the appended records, each line with the previous one's hash")
    func roundTrip() throws {
        let links = try chain.links()
        #expect(links.map(\.record) == ["one", "two", "three", "four"])
        #expect(links.map(\.number) == [1, 2, 3, 4])
        let lines = try text.split(separator: "\n").map { Data($0.utf8) }
        #expect(lines.map { Digest.sha256($0) } == links.map(\.hash))
    }

    @Test("SHA-256 matches the test vectors", arguments: [("abc", "ba7816bf"), ("", "e3b0c442")])
    func digest(text: String, begin: String) {
        #expect(Digest.sha256(Data(text.utf8)).hasPrefix(begin))
    }

    @Test(
        "names the modified line, including the last",
        arguments: [("one", 1), ("two", 2), ("three", 3), ("four", 4)])
    func changed(word: String, line: Int) throws {
        try write(text.replacingOccurrences(of: word, with: word.uppercased()))
        #expect(complaint().contains("records.jsonl: line \(line) was changed"))
    }

    @Test("names missing lines: in the middle, at the end, all of them")
    func removed() throws {
        let lines = try text.split(separator: "\n")
        try write(([lines[0]] + lines[2...]).joined(separator: "\n") + "\n")
        #expect(complaint().contains("line 2 is missing"))
        try write(lines[..<3].joined(separator: "\n") + "\n")
        #expect(complaint().contains("line 4 is missing"))
        try write(lines[..<2].joined(separator: "\n") + "\n")
        #expect(complaint().contains("lines 3 to 4 are missing"))
        try write(lines[1...].joined(separator: "\n") + "\n")
        #expect(complaint().contains("line 1 is missing"))
        try FileManager.default.removeItem(at: chain.file)
        #expect(complaint().contains("is missing, though"))
    }

    @Test("an invalid record and a missing head are named")
    func strange() throws {
        let good = try text
        try write(good + "rubbish\n")
        #expect(complaint().contains("line 5 is not a record"))
        try write(good)
        try FileManager.default.removeItem(at: scratch.file("records.head"))
        #expect(complaint().contains("records.head"))
    }

    @Test("appending to a modified chain fails")
    func refusal() throws {
        try write(text.replacingOccurrences(of: "two", with: "2"))
        #expect(throws: ProvenanceError.self) { try chain.append("five") }
        #expect(try !text.contains("five"))
    }

    @Test("a chain can be continued after a process was killed while appending")
    func killed() throws {
        // An incomplete line.
        try write(text + "{\"number\":5,\"prev")
        #expect(try chain.links().count == 4)
        try chain.append("five")
        #expect(try chain.links().map(\.record).last == "five")
        // A complete line, and the head announcing it.
        let six = try added("six")
        let five = try #require(chain.links().last)
        try ChainHead(lines: 5, sha256: five.hash, next: Digest.sha256(Data(six.utf8)))
            .write(to: scratch.file("records.head"))
        try write(text + six + "\n")
        #expect(try chain.links().map(\.record).last == "six")
        try chain.append("seven")
        #expect(try chain.links().count == 7)
        // The head, but not the line yet.
        let seven = try #require(chain.links().last)
        try ChainHead(lines: 7, sha256: seven.hash, next: String(repeating: "a", count: 64))
            .write(to: scratch.file("records.head"))
        #expect(try chain.links().count == 7)
        try chain.append("eight")
        #expect(try chain.links().count == 8)
    }

    /// A line that continues the chain, encoded as by the program.
    private func added(_ record: String) throws -> String {
        let last = try #require(chain.links().last)
        return #"{"number":\#(last.number + 1),"previous":"\#(last.hash)","record":"\#(record)"}"#
    }

    @Test("a foreign line at the end is named, even with a matching hash")
    func foreign() throws {
        let line = try added("five")
        try write(text + line + "\n")
        #expect(complaint().contains("line 5 was not written by this program"))
        #expect(throws: ProvenanceError.self) { try chain.append("six") }
        // The same line is valid if the program wrote it.
        try write(text.replacingOccurrences(of: line + "\n", with: ""))
        try chain.append("five")
        #expect(try text.hasSuffix(line + "\n"))
        // The head announces only the next line.
        try write(text + added("six") + "\n")
        #expect(complaint().contains("line 6 was not written by this program"))
    }

    @Test("a first line without a head is rejected")
    func first() throws {
        let other = HashChain<String>(folder: scratch.url, name: "other")
        let line = #"{"number":1,"previous":"\#(Digest.none)","record":"mine"}"#
        try Data((line + "\n").utf8).write(to: other.file)
        #expect(throws: ProvenanceError.self) { try other.links() }
    }
}
