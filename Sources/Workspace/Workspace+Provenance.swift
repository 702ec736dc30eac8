import Foundation
import Provenance

extension Workspace {
    /// Who allows the use of the faces here.
    package var consents: ConsentStore { ConsentStore(folder: folder) }
    /// What was made here.
    package var ledger: Ledger { Ledger(folder: folder) }

    /// The consents as they count now.
    ///
    /// The ledger is asked too: outputs name the records that they rest on, and when they were made.
    ///
    /// - Throws: `ProvenanceError` `tampered`, also where consents are gone that outputs rest on, `clock`, `unreadable`.
    package func standingConsents(at now: Date = Date()) throws -> ConsentRegister {
        let (register, outputs) = (try consents.register(), try ledger.entries())
        try ConsentRegister.requireClock(
            now, notBefore: (outputs.map(\.time) + [register.newest].compactMap { $0 }).max(), in: folder)
        let known = Set(register.entries.map(\.record))
        // Those of `--map SET@PROJECT` are recorded in the other project.
        let own = try Set(index.sets().map(\.name)).union(register.bindings.keys)
        for output in outputs {
            let lost = output.consents.first {
                $0.isElsewhere != true && own.contains($0.set) && !known.contains($0.record)
            }
            guard let lost else { continue }
            throw ProvenanceError(
                .tampered,
                "\(consents.file.path): consent \(lost.consent), on which \(output.output) rests by the ledger, is not in it; "
                    + "the file is not used until it is restored from a copy")
        }
        return register
    }
}
