import Foundation
import Provenance

/// A ledger match as a layer of `dimorph verify`.
struct LedgerLayer {
    let layer: FileVerdict.Layer

    init(_ match: Ledger.Match, _ file: URL) {
        let (entry, found, how): (LedgerEntry, Bool?, String)
        switch match {
        case .exact(let same): (entry, found, how) = (same, true, "is the output")
        case .target(let origin):
            (entry, found, how) = (origin, false, "is not an output, but the target of")
        case .similar(let near, let bits):
            // The face is a small part of a frame: the target is almost as similar.
            let words = String(
                format:
                    "is similar (%.1f of 64 bits differ; the target of that output is almost as similar) to",
                bits)
            (entry, found, how) = (near, nil, words)
        }
        let label: String
        switch entry.marks.label {
        case .shown: label = ""
        case .leftOff(let reason): label = "; made without the visible label: \(reason)"
        }
        let withdrawn = entry.withdrawn.map { "; withdrawn: \($0)" } ?? ""
        let corrected = CredentialsLayer.corrected(entry.consents.compactMap(\.correction))
        let day = ConsentRegister.day(entry.time)
        layer = FileVerdict.Layer(
            layer: "ledger", found: found,
            words:
                "\(how) \(entry.output) of \(day), with \(entry.consents.count) consents (\(file.path))\(label)\(withdrawn)"
                + corrected,
            values: (try? JSONValue(encoding: entry)).map { ["entry": $0] } ?? [:])
    }
}
