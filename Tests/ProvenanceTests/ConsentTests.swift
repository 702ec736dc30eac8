import Foundation
import Testing

@testable import Provenance

@Suite("Consent")
struct ConsentTests {
    private let scratch: Scratch
    private let book: ConsentBook
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    init() throws {
        scratch = try Scratch()
        book = ConsentBook(folder: scratch.url)
    }

    private func consent(
        _ id: String, _ person: String, uses: [Consent.Use] = Consent.Use.allCases, expires: Date? = nil
    ) throws -> Consent {
        try Consent(
            id: id, person: person, relation: .own, uses: uses, expires: expires, recorder: "test",
            recorded: now)
    }

    private func grant(_ consent: Consent, set: String? = nil) throws {
        try book.grant(consent)
        if let set { try book.bind(set: set, to: consent.id, at: now, remedy: "Remedy.") }
    }

    private func refusal(
        _ set: String, _ use: Consent.Use = .source, naming id: String? = nil
    ) -> ProvenanceError? {
        do {
            _ = try book.register().permission(
                set: set, use: use, naming: id, at: now, remedy: "How to add one.")
            return nil
        } catch { return error as? ProvenanceError }
    }

    @Test(
        "sets of one person can be joined, and the new one shows that person; others cannot, revoked or not")
    func joined() throws {
        try grant(consent("a", "Anna"), set: "one")
        try grant(consent("a2", "anna"), set: "two")
        try grant(consent("b", "Ben"), set: "three")
        #expect(try book.register().joined(["new", "free"]) == nil)
        #expect(try book.register().joined(["free", "one", "new"])?.consent.id == "a")
        #expect(try book.register().joined(["two", "one", "two"])?.consent.id == "a2")
        for sets in [["one", "three"], ["free", "three", "one"], ["free", "one", "three"]] {
            let error = #expect(throws: ProvenanceError.self) { try book.register().joined(sets) }
            #expect(error?.code == .wrongPerson)
        }
        // Withdrawn consent does not turn Anna into somebody else.
        try book.revoke("a", reason: "withdrawn", by: "test", at: now)
        #expect(throws: ProvenanceError.self) { try book.register().joined(["one", "three"]) }
        // A wrong binding that was put right is another matter.
        try book.bind(set: "one", to: "b", at: now, remedy: "")
        #expect(try book.register().joined(["one", "three"])?.consent.person == "Ben")
    }

    @Test("is given with the hash of its record, and of its document")
    func permission() throws {
        let release = scratch.file("release.pdf")
        try Data("I agree.".utf8).write(to: release)
        let signed = try Consent(
            id: "1", person: " Anna ", relation: .signedRelease, document: Consent.Document(release),
            recorder: "test")
        try grant(signed, set: "anna")
        let reference = try book.register().permission(set: "anna", use: .source, remedy: "")
        let lines = try String(contentsOf: book.file, encoding: .utf8).split(separator: "\n")
        #expect(reference.record == Digest.sha256(Data(lines[0].utf8)))
        #expect(reference.document == Digest.sha256(Data("I agree.".utf8)))
        #expect(try book.register().entry("1")?.consent == signed && signed.person == "Anna")
    }

    @Test("nobody's consent: refused with how to add one")
    func none() {
        let error = refusal("anna")
        #expect(error?.code == .noConsent)
        #expect(
            error?.message.contains("'anna'") == true && error?.message.hasSuffix("How to add one.") == true)
        #expect(refusal("anna", naming: "77")?.message.contains("no consent '77'") == true)
    }

    @Test("expired: refused with the day; a newer one of the same person is taken")
    func expired() throws {
        try grant(consent("1", "Anna", expires: now.addingTimeInterval(-1)), set: "anna")
        let error = refusal("anna")
        #expect(error?.code == .expired && error?.message.contains("ended on 2023-11-14") == true)
        try grant(consent("2", "anna", expires: now.addingTimeInterval(60)))
        #expect(try book.register().permission(set: "anna", use: .source, at: now, remedy: "").consent == "2")
    }

    @Test("revoked: refused with day and reason; a second revocation changes nothing")
    func revoked() throws {
        try grant(consent("1", "Anna"), set: "anna")
        try book.revoke("1", reason: "changed her mind", by: "test", at: now)
        let error = refusal("anna")
        #expect(error?.code == .revoked)
        #expect(error?.message.contains("revoked on 2023-11-14 (changed her mind)") == true)
        #expect(throws: ProvenanceError.self) { try book.revoke("1", reason: "again", by: "test") }
        #expect(throws: ProvenanceError.self) { try book.revoke("9", reason: "?", by: "test") }
    }

    @Test("another person's: refused, and the set keeps its person until that consent is revoked")
    func wrongPerson() throws {
        try grant(consent("1", "Anna"), set: "anna")
        try grant(consent("2", "Ben"))
        let error = refusal("anna", naming: "2")
        #expect(error?.code == .wrongPerson)
        #expect(error?.message.contains("is Ben's") == true && error?.message.contains("shows Anna") == true)
        #expect(throws: ProvenanceError.self) { try book.bind(set: "anna", to: "2", remedy: "") }
        try book.revoke("1", reason: "wrong person", by: "test")
        try book.bind(set: "anna", to: "2", remedy: "")
        #expect(try book.register().permission(set: "anna", use: .source, at: now, remedy: "").consent == "2")
    }

    @Test("given for one use: refused for the other")
    func uses() throws {
        try grant(consent("1", "Anna", uses: [.target]), set: "anna")
        #expect(refusal("anna", .target) == nil)
        let error = refusal("anna", .source)
        #expect(error?.code == .outOfScope && error?.message.contains("as target only") == true)
    }

    @Test("an edited record: refused, naming the line")
    func edited() throws {
        try grant(consent("1", "Anna", expires: now.addingTimeInterval(-1)), set: "anna")
        let text = try String(contentsOf: book.file, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "2023-11-14T22:13:19Z", with: "2033-11-14T22:13:19Z").utf8)
            .write(to: book.file)
        let error = refusal("anna")
        #expect(error?.code == .tampered)
        #expect(error?.message.contains("consents.jsonl: line 1 was changed") == true)
    }

    @Test("records that say too little are no records")
    func bad() {
        #expect(throws: ProvenanceError.self) {
            try Consent(person: "Anna", relation: .signedRelease, recorder: "test")
        }
        #expect(throws: ProvenanceError.self) { try Consent(person: " ", relation: .own, recorder: "test") }
        #expect(throws: ProvenanceError.self) { try Consent(person: "A\nB", relation: .own, recorder: "t") }
        #expect(throws: ProvenanceError.self) {
            try Consent(person: "A", relation: .own, uses: [], recorder: "t")
        }
    }
}
