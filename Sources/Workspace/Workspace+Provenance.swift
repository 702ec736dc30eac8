import Foundation
import Provenance

extension Workspace {
    /// Consents of the people in this workspace.
    package var consents: ConsentStore { ConsentStore(folder: folder) }
    /// Ledger of the outputs.
    package var ledger: Ledger { Ledger(folder: folder) }

    /// The consents currently in effect.
    ///
    /// Also checks the ledger: its entries contain the consents of each output and its time.
    ///
    /// - Throws: `ProvenanceError` `tampered`, also if consents of outputs are missing, `clock`, `unreadable`.
    package func standingConsents(at now: Date = Date()) throws -> ConsentRegister {
        let (register, outputs) = (try consents.register(), try ledger.entries())
        try ConsentRegister.requireClock(
            now, notBefore: (outputs.map(\.time) + [register.newest].compactMap { $0 }).max(), in: folder)
        let known = Set(register.entries.map(\.record))
        // Consents of `--map SET@PROJECT` are recorded in the other project.
        let own = try Set(index.sets().map(\.name)).union(register.bindings.keys)
        for output in outputs {
            let lost = output.consents.first {
                $0.isElsewhere != true && own.contains($0.set) && !known.contains($0.record)
            }
            guard let lost else { continue }
            throw ProvenanceError(
                .tampered,
                "\(consents.file.path): consent \(lost.consent), on which \(output.output) rests according to the ledger, is missing; "
                    + "the consents are invalid until the file is restored from a copy")
        }
        return register
    }
}
