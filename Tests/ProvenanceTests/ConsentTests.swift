import Foundation
import Testing

@testable import Provenance

@Suite("Consent")
struct ConsentTests {
    private let scratch: Scratch
    private let book: ConsentStore
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    init() throws {
        scratch = try Scratch()
        book = ConsentStore(folder: scratch.url)
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
        "sets of one person can be joined and the new one is bound to them; others cannot, revoked or not")
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
        // A revoked consent still identifies Anna.
        try book.revoke("a", reason: "withdrawn", by: "test", at: now)
        #expect(throws: ProvenanceError.self) { try book.register().joined(["one", "three"]) }
        // A correction is different; it is carried over with the faces.
        try book.add(
            book.register().correction(
                set: "one", to: "b", reason: "mixed up", by: "test", models: ["m"], at: now))
        let joined = try #require(try book.register().joined(["one", "three"]))
        #expect(joined.consent.person == "Ben")
        for event in try book.register().carrying(["one", "three"], into: "new", joined, at: now) {
            try book.add(event)
        }
        #expect(try book.register().entry(ofSet: "new")?.consent.person == "Ben")
        #expect(try book.register().corrections["new"]?.map(\.reason) == ["mixed up"])
    }

    @Test("is referenced by the hash of its record, and of its document")
    func permission() throws {
        let release = scratch.file("release.pdf")
        try Data("I agree.".utf8).write(to: release)
        let signed = try Consent(
            id: "1", person: " Anna ", relation: .signedRelease, document: Consent.Document(release),
            recorder: "test", recorded: now)
        try grant(signed, set: "anna")
        let reference = try book.register().permission(set: "anna", use: .source, remedy: "")
        let lines = try String(contentsOf: book.file, encoding: .utf8).split(separator: "\n")
        #expect(reference.record == Digest.sha256(Data(lines[0].utf8)))
        #expect(reference.document == Digest.sha256(Data("I agree.".utf8)))
        #expect(try book.register().entry("1")?.consent == signed && signed.person == "Anna")
    }

    @Test("missing: rejected with how to add one")
    func none() {
        let error = refusal("anna")
        #expect(error?.code == .noConsent)
        #expect(
            error?.message.contains("'anna'") == true && error?.message.hasSuffix("How to add one.") == true)
        #expect(refusal("anna", naming: "77")?.message.contains("no consent '77'") == true)
    }

    @Test("expired: rejected with the date; a newer one of the same person is accepted")
    func expired() throws {
        try grant(consent("1", "Anna", expires: now.addingTimeInterval(-1)), set: "anna")
        let error = refusal("anna")
        #expect(error?.code == .expired && error?.message.contains("ended on 2023-11-14") == true)
        try grant(consent("2", "anna", expires: now.addingTimeInterval(60)))
        #expect(try book.register().permission(set: "anna", use: .source, at: now, remedy: "").consent == "2")
    }

    @Test("revoked: rejected with date and reason; a second revocation changes nothing")
    func revoked() throws {
        try grant(consent("1", "Anna"), set: "anna")
        try book.revoke("1", reason: "changed her mind", by: "test", at: now)
        let error = refusal("anna")
        #expect(error?.code == .revoked)
        #expect(error?.message.contains("revoked on 2023-11-14 (changed her mind)") == true)
        #expect(throws: ProvenanceError.self) { try book.revoke("1", reason: "again", by: "test") }
        #expect(throws: ProvenanceError.self) { try book.revoke("9", reason: "?", by: "test") }
    }

    @Test("another person's: rejected, and the set stays bound, even after a revocation")
    func wrongPerson() throws {
        try grant(consent("1", "Anna"), set: "anna")
        try grant(consent("2", "Ben"))
        let error = refusal("anna", naming: "2")
        #expect(error?.code == .wrongPerson)
        #expect(error?.message.contains("is Ben's") == true && error?.message.contains("shows Anna") == true)
        #expect(throws: ProvenanceError.self) { try book.bind(set: "anna", to: "2", at: now, remedy: "") }
        try book.revoke("1", reason: "withdrawn", by: "test", at: now)
        #expect(throws: ProvenanceError.self) { try book.bind(set: "anna", to: "2", at: now, remedy: "") }
        #expect(refusal("anna", naming: "2")?.code == .wrongPerson)
        // Nor does a record of an earlier version, which allowed it.
        try book.add(.bound(set: "anna", consent: "2", time: now))
        #expect(refusal("anna")?.code == .revoked)
    }

    @Test("only the consent that a set is bound to, or a later one of the same person, counts")
    func later() throws {
        try grant(consent("1", "Anna"))
        try grant(consent("2", "Anna"), set: "anna")
        try book.revoke("2", reason: "withdrawn", by: "test", at: now)
        #expect(refusal("anna")?.code == .revoked)
        let error = refusal("anna", naming: "1")
        #expect(error?.code == .noConsent && error?.message.contains("recorded before 2") == true)
        try grant(consent("3", "ANNA"))
        #expect(refusal("anna") == nil && refusal("anna", naming: "3") == nil)
    }

    @Test("consents for either use can coexist")
    func bothUses() throws {
        try grant(consent("1", "Anna", uses: [.source]), set: "anna")
        try grant(consent("2", "Anna", uses: [.target]), set: "anna")
        #expect(refusal("anna", .source) == nil && refusal("anna", .target) == nil)
    }

    @Test("the wrong person is corrected with a recorded reason; existing models are invalidated")
    func corrected() throws {
        try grant(consent("1", "Anna"), set: "set")
        try grant(consent("2", "Ben"))
        func correct(_ set: String, _ id: String, _ reason: String = "mixed up") throws {
            try book.add(
                book.register().correction(
                    set: set, to: id, reason: reason, by: "test", models: ["aa", "bb"], at: now))
        }
        for (set, id, reason) in [
            ("set", "1", "x"), ("none", "2", "x"), ("set", "9", "x"), ("set", "2", " "),
        ] {
            #expect(throws: ProvenanceError.self) { try correct(set, id, reason) }
        }
        try correct("set", "2")
        let register = try book.register()
        let reference = try register.permission(set: "set", use: .source, at: now, remedy: "")
        #expect(reference.consent == "2" && reference.correction == "mixed up")
        #expect(register.correction(closing: "bb")?.set == "set" && register.correction(closing: "cc") == nil)
        #expect(register.entry("1")?.consent.person == "Anna")
        // A set cannot be corrected to an invalid consent.
        try book.revoke("1", reason: "withdrawn", by: "test", at: now)
        #expect(throws: ProvenanceError.self) { try correct("set", "1") }
    }

    @Test("with a clock set back, nothing is permitted and nothing is recorded")
    func clock() throws {
        try grant(consent("1", "Anna", expires: now.addingTimeInterval(60)), set: "anna")
        let later = now.addingTimeInterval(3600)
        try book.revoke("1", reason: "withdrawn", by: "test", at: later)
        let error = #expect(throws: ProvenanceError.self) {
            try ConsentRegister.requireClock(now, notBefore: book.register().newest, in: scratch.url)
        }
        #expect(
            error?.code == .clock && error?.isBadInput == true
                && error?.message.contains("2023-11-14") == true)
        #expect(throws: ProvenanceError.self) { try grant(consent("2", "Anna")) }
        #expect(try book.register().entries.count == 1)
        // The clocks of machines that share a workspace may differ by seconds.
        try ConsentRegister.requireClock(later - 30, notBefore: book.register().newest, in: scratch.url)
    }

    @Test("for one use: rejected for the other")
    func uses() throws {
        try grant(consent("1", "Anna", uses: [.target]), set: "anna")
        #expect(refusal("anna", .target) == nil)
        let error = refusal("anna", .source)
        #expect(error?.code == .outOfScope && error?.message.contains("as target only") == true)
    }

    @Test("a modified record: rejected, naming the line")
    func edited() throws {
        try grant(consent("1", "Anna", expires: now.addingTimeInterval(-1)), set: "anna")
        let text = try String(contentsOf: book.file, encoding: .utf8)
        try Data(text.replacingOccurrences(of: "2023-11-14T22:13:19Z", with: "2033-11-14T22:13:19Z").utf8)
            .write(to: book.file)
        let error = refusal("anna")
        #expect(error?.code == .tampered)
        #expect(error?.message.contains("consents.jsonl: line 1 was changed") == true)
    }

    @Test("incomplete records are rejected")
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
