import Foundation
import Workspace

/// Table of faces as text: one right-aligned column per key.
package struct FaceTable: Sendable {
    package let faces: [FaceSummary]
    package let keys: [SortKey]

    /// Default columns in addition to the sort key.
    package static let usual: [SortKey] = [
        .width, .sharpness, .motionBlur, .exposure, .clipped, .occlusion, .yaw, .pitch, .mouth, .eyes,
        .likeness,
    ]

    package init(_ faces: [FaceSummary], keys: [SortKey] = usual) {
        (self.faces, self.keys) = (faces, keys)
    }

    /// The table with its header; the last column is the reason for exclusion.
    package var text: String {
        let header = ["id", "crop", "frame"] + keys.map(\.rawValue)
        let rows = faces.map { face in
            ["\(face.id)", face.cropFile ?? "(none)", "\(face.frame)"] + keys.map { $0.text(of: face) }
        }
        let isMarked = faces.contains { $0.rejection != nil }
        let widths = header.indices.map { column in
            rows.reduce(header[column].count) { max($0, $1[column].count) }
        }
        func line(_ cells: [String], _ last: String) -> String {
            let padded = zip(cells, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 1 ? cell.0 + space : space + cell.0
            }
            let text = (padded + (isMarked ? [last] : [])).joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let body = zip(rows, faces).map { line($0, $1.verdict) }
        return ([line(header, "excluded")] + body).joined(separator: "\n")
    }
}

extension FaceSummary {
    /// Reason for exclusion with remark; empty for included faces.
    var verdict: String {
        guard let rejection else { return "" }
        return rejection.rawValue + (remark.map { ": \($0)" } ?? "")
    }
}

/// A face as one line of JSON.
package struct FaceLine: Encodable {
    let face: FaceSummary

    package init(_ face: FaceSummary) { self.face = face }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for key in SortKey.allCases {
            guard let value = key.value(of: face), value.isFinite else { continue }
            switch key {
            case .id, .frame, .clip, .track: try container.encode(Int64(value), forKey: Name(key.rawValue))
            default:
                try container.encode((value * 1e4).rounded() / 1e4, forKey: Name(key.rawValue))
            }
        }
        try container.encodeIfPresent(face.cropFile, forKey: Name("crop"))
        try container.encodeIfPresent(face.rejection, forKey: Name("rejection"))
        try container.encodeIfPresent(face.remark, forKey: Name("remark"))
    }
}
