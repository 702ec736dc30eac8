import Foundation
import Provenance

/// A match in a ledger, in words.
struct LedgerLayer {
    let layer: FileVerdict.Layer

    init(_ match: Ledger.Match, _ file: URL) {
        let (entry, how): (LedgerEntry, String)
        switch match {
        case .exact(let found): (entry, how) = (found, "is the output")
        case .similar(let found, let bits):
            (entry, how) = (found, String(format: "looks like the output (%.1f of 64 bits differ)", bits))
        }
        let label: String
        switch entry.marks.label {
        case .shown: label = ""
        case .leftOff(let reason): label = "; made without the visible tag: \(reason)"
        }
        let day = ConsentRegister.day(entry.time)
        layer = FileVerdict.Layer(
            layer: "ledger", found: true,
            words:
                "\(how) \(entry.output) of \(day), with \(entry.consents.count) consents (\(file.path))\(label)",
            values: (try? JSONValue(encoding: entry)).map { ["entry": $0] } ?? [:])
    }
}
