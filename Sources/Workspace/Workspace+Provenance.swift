import Provenance

extension Workspace {
    /// Who allows the use of the faces here.
    package var consents: ConsentBook { ConsentBook(folder: folder) }
    /// What was made here.
    package var ledger: Ledger { Ledger(folder: folder) }
}
