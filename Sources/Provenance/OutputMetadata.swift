import Foundation

/// The metadata of every output's container: how it was made.
package struct OutputMetadata: Sendable, Equatable {
    /// IPTC digital source type of a recording with generated parts composited into it.
    package static let digitalSourceType =
        "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    /// IPTC digital source type of a fully generated picture.
    package static let whollyGenerated =
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    package static let software = "Dimorph"
    /// Metadata of a file without swapped faces: the program's name, without a synthetic-media statement.
    package static let unchanged = ["software": Self.software]

    /// A user-readable sentence.
    package let comment: String
    private let sourceType: String

    package init(_ statement: SwapStatement) {
        sourceType = statement.digitalSourceType
        comment = "\(statement.sentence). DigitalSourceType: \(sourceType)"
    }

    /// Whether a text contains an IPTC digital source type for synthetic media, whole or composited.
    package static func declaresSynthetic(_ text: String) -> Bool {
        text.localizedStandardContains("TrainedAlgorithmicMedia")
    }

    /// Keys and values in the form that the video writer takes. The comment repeats the source type, because some containers
    /// store only predefined keys.
    package var entries: [String: String] {
        [
            "comment": comment,
            "DigitalSourceType": sourceType,
            "software": Self.software,
        ]
    }

    /// Whether a container's tags identify it as an output of this program.
    package static func areOwn(_ tags: [String: String]) -> Bool {
        tags.contains { key, value in
            switch key.lowercased() {
            case "software": value.hasPrefix(software)
            case "comment": value.contains("(\(software))")
            default: false
            }
        }
    }
}
