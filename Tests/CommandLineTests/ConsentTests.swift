import Foundation
import Testing

/// `dimorph consent`, as a person would use it.
@Suite("Consent command")
struct ConsentTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.start(["consent"] + arguments + ["--workspace", scratch.path("w")]).finish()
    }

    private func add(_ person: String, _ further: String...) throws -> String {
        let outcome = try Program.start(
            ["consent", "add", "--person", person, "--workspace", scratch.path("w"), "--json"] + further
        ).finish()
        #expect(outcome.status == 0, "\(outcome.output)")
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return try #require(report?["id"] as? String)
    }

    @Test("add, list, show, check, revoke")
    func life() throws {
        let anna = try add("Anna", "--relation", "self", "--set", "anna", "--scope", "a short film")
        let list = try run("list")
        #expect(list.output.contains("\(anna)  Anna  self  as source, target  valid  sets: anna"))
        let show = try run("show", anna)
        #expect(show.output.contains("a short film") && show.output.contains("record's SHA-256"))
        #expect(try run("check").status == 0)
        let revoked = try run("revoke", anna, "--reason", "withdrawn")
        #expect(revoked.status == 0 && revoked.output.contains("affected face set"))
        let check = try run("check")
        #expect(
            check.status == 3 && check.output.contains("was revoked on") && check.output.contains("withdrawn")
        )
    }

    @Test("a release needs its document, of which the hash is kept")
    func document() throws {
        let without = try run("add", "--person", "Ben", "--relation", "signed-release")
        #expect(without.status == 3 && without.errors.contains("--document FILE"))
        let release = try scratch.write("I agree.\n", to: "release.txt")
        let ben = try add(
            "Ben", "--relation", "signed-release", "--document", release, "--expires", "2020-02-29", "--set",
            "ben")
        let show = try run("show", ben)
        #expect(show.output.contains("release.txt") && show.output.contains("2020-02-29"))
        let check = try run("check")
        #expect(check.status == 3 && check.output.contains("ended on 2020-02-29"))
    }

    @Test("a set does not change its person by a second consent")
    func wrongPerson() throws {
        _ = try add("Anna", "--relation", "self", "--set", "anna")
        let outcome = try run("add", "--person", "Ben", "--relation", "self", "--set", "anna")
        #expect(outcome.status == 3 && outcome.errors.contains("shows Anna"))
        #expect(try !run("list").output.contains("Ben"))
    }

    @Test("an edited record is named by every command that reads it")
    func edited() throws {
        _ = try add("Anna", "--relation", "self", "--set", "anna")
        let file = scratch.url.appending(path: "w/consents.jsonl")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "Anna", with: "Anne").utf8).write(to: file)
        for outcome in [try run("list"), try run("check")] {
            #expect(outcome.status == 3 && outcome.errors.contains("consents.jsonl: line 1 was changed"))
        }
    }

    @Test("impossible values are wrong usage", arguments: ["2020-02-30", "tomorrow"])
    func usage(day: String) throws {
        let outcome = try run("add", "--person", "Anna", "--relation", "self", "--expires", day)
        #expect(outcome.status == 2 && outcome.errors.contains("2027-12-31"))
        #expect(try run("add", "--person", "Anna", "--relation", "friend").status == 2)
    }
}
