import Foundation

/// Whether the visible label is drawn.
package enum LabelChoice: Sendable, Equatable {
    case shown
    /// Turned off, with the reason: productions that disclose the swap otherwise.
    case leftOff(reason: String)
}

extension LabelChoice: Codable {
    private enum CodingKeys: String, CodingKey { case shown, reason }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        if try values.decode(Bool.self, forKey: .shown) {
            self = .shown
        } else {
            self = .leftOff(reason: try values.decode(String.self, forKey: .reason))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .shown: try values.encode(true, forKey: .shown)
        case .leftOff(let reason):
            try values.encode(false, forKey: .shown)
            try values.encode(reason, forKey: .reason)
        }
    }
}

/// The marks in an output's picture.
package struct Marks: Sendable, Codable, Equatable {
    package var label: LabelChoice
    /// The invisible watermark's number; `nil` if there is no watermark.
    package var watermark: UInt32?

    package init(label: LabelChoice = .shown, watermark: UInt32? = nil) {
        (self.label, self.watermark) = (label, watermark)
    }
}
