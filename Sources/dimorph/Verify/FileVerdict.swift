import Foundation
import Provenance

/// Result of the verification of a file, layer by layer.
struct FileVerdict: Encodable {
    enum Verdict: String, Encodable {
        /// At least one layer marks the file as synthetic, and none was modified.
        case marked
        case nothing
        /// Modified after signing.
        case tampered
        case unreadable

        /// Exit code, as documented by `dimorph verify --help`.
        var exitCode: Int32 {
            switch self {
            case .marked: 0
            case .nothing: 1
            case .tampered: 2
            case .unreadable: 3
            }
        }
    }

    /// Result of one detection method.
    struct Layer: Encodable {
        let layer: String
        /// `nil` if the check was not possible.
        let found: Bool?
        /// Findings, or why the check was not possible, with limitations.
        let words: String
        var values: [String: JSONValue] = [:]
    }

    let file: String
    let verdict: Verdict
    let layers: [Layer]

    var text: String {
        let head = "\(file): \(sentence)"
        return
            ([head]
            + layers.map { layer in
                let sign = layer.found.map { $0 ? "+" : "-" } ?? "?"
                return
                    "  \(sign) \(layer.layer.padding(toLength: 12, withPad: " ", startingAt: 0))\(layer.words)"
            }).joined(separator: "\n")
    }

    private var sentence: String {
        switch verdict {
        case .marked: "marked as synthetic"
        case .nothing: "no mark found; this does not prove that it is genuine"
        case .tampered: "modified after signing"
        case .unreadable: "unreadable"
        }
    }
}
