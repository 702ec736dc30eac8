import Foundation
import Provenance

/// What was found out about a file, layer by layer.
struct FileVerdict: Encodable {
    enum Verdict: String, Encodable {
        /// At least one layer says that the file is synthetic, and none that it was changed.
        case marked
        case nothing
        /// It was changed after it was signed.
        case tampered
        case unreadable

        /// As `dimorph verify --help` documents them.
        var exitCode: Int32 {
            switch self {
            case .marked: 0
            case .nothing: 1
            case .tampered: 2
            case .unreadable: 3
            }
        }
    }

    /// One way of knowing.
    struct Layer: Encodable {
        let layer: String
        /// Nil where it could not be looked for.
        let found: Bool?
        /// What was found, or why nothing could be, and what that does not say.
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
        case .nothing: "no mark found, which does not say that it is genuine"
        case .tampered: "changed after it was signed"
        case .unreadable: "cannot be read"
        }
    }
}
