import Foundation
import Provenance
import Testing
import Workspace

/// Consents together with the ledger of what rests on them.
@Suite("Standing consents")
struct StandingConsentTests {
    private let scratch: Scratch
    private let workspace: Workspace
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    init() throws {
        scratch = try Scratch()
        workspace = try furnished(scratch.url).0
        try workspace.consents.grant(
            Consent(id: "1", person: "Anna", relation: .own, recorder: "test", recorded: now))
        try workspace.consents.bind(set: "a", to: "1", at: now, remedy: "")
    }

    private func output(at time: Date, _ consents: [ConsentReference]) -> LedgerEntry {
        LedgerEntry(
            time: time, output: "out.mp4", sha256: String(repeating: "0", count: 64), looks: [], target: nil,
            models: [], consents: consents, marks: Marks(), signing: .unsigned(reason: "test"),
            settings: .null,
            version: "1")
    }

    private var reference: ConsentReference {
        get throws {
            try workspace.standingConsents(at: now).permission(set: "a", use: .source, at: now, remedy: "")
        }
    }

    @Test("a clock behind the newest output is refused, in words that name both times")
    func clock() throws {
        let later = now.addingTimeInterval(86_400)
        try workspace.ledger.add(output(at: later, [reference]))
        #expect(try workspace.standingConsents(at: later).entries.count == 1)
        let error = try #require(throws: ProvenanceError.self) { try workspace.standingConsents(at: now) }
        #expect(error.code == .clock)
        #expect(error.message.contains("2023-11-14") && error.message.contains("2023-11-15"))
    }

    @Test(
        "records that outputs rest on and that are gone are missed, though file and head were removed together"
    )
    func removed() throws {
        try workspace.ledger.add(output(at: now, [reference]))
        for name in ["consents.jsonl", "consents.head"] {
            try FileManager.default.removeItem(at: workspace.folder.appending(path: name))
        }
        let error = try #require(throws: ProvenanceError.self) { try workspace.standingConsents(at: now) }
        #expect(error.code == .tampered && error.message.contains("consent 1, on which out.mp4 rests"))
        // Another person's, recorded since, does not stand in for them.
        try workspace.consents.grant(
            Consent(id: "2", person: "Mallory", relation: .own, recorder: "test", recorded: now))
        try workspace.consents.bind(set: "a", to: "2", at: now, remedy: "")
        #expect(throws: ProvenanceError.self) { try workspace.standingConsents(at: now) }
    }

    @Test("consents of another project, whose model drew a face, are not looked for here")
    func elsewhere() throws {
        var reference = try reference
        reference.isElsewhere = true
        try workspace.ledger.add(output(at: now, [reference]))
        for name in ["consents.jsonl", "consents.head"] {
            try FileManager.default.removeItem(at: workspace.folder.appending(path: name))
        }
        #expect(try workspace.standingConsents(at: now).entries.isEmpty)
    }
}
