import Foundation

/// What the container of every output says about how it was made.
package struct OutputMetadata: Sendable, Equatable {
    /// IPTC's term for a recording into which generated parts were composited.
    package static let digitalSourceType =
        "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    /// IPTC's term for a picture that is generated as a whole.
    package static let whollyGenerated =
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    package static let software = "Dimorph"
    /// What a file says in which no face was swapped: which program wrote it, and nothing of synthetic media.
    package static let unchanged = ["software": Self.software]

    /// One sentence for people.
    package let comment: String
    private let sourceType: String

    package init(_ statement: SwapStatement) {
        sourceType = statement.digitalSourceType
        comment = "\(statement.sentence). DigitalSourceType: \(sourceType)"
    }

    /// Whether a text says that a recording is synthetic, in IPTC's terms: wholly or in parts.
    package static func says(_ text: String) -> Bool {
        text.localizedStandardContains("TrainedAlgorithmicMedia")
    }

    /// Keys and values as the video writer takes them. The comment repeats the source type, because some containers
    /// keep no keys but their own.
    package var entries: [String: String] {
        [
            "comment": comment,
            "DigitalSourceType": sourceType,
            "software": Self.software,
        ]
    }

    /// Whether tags of a container, as keys and values, say that this program made it.
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
