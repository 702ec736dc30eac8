import Foundation
import Provenance

/// The watermark as a layer of `dimorph verify`: result and transforms that were searched.
struct WatermarkLayer {
    let layer: FileVerdict.Layer

    init(_ found: DetectedWatermark?) {
        let tried = found?.round.tried ?? WatermarkRound.allCases
        let list = tried.map(\.words).joined(separator: "; ")
        var values: [String: JSONValue] = ["tried": .array(tried.map { .string($0.rawValue) })]
        guard let found else {
            layer = FileVerdict.Layer(
                layer: "watermark", found: false,
                words:
                    "none found (tried: \(list)); strong compression, cropping or another key can prevent detection",
                values: values)
            return
        }
        values["id"] = .number(Double(found.id))
        values["confidence"] = .number(found.confidence)
        values["round"] = .string(found.round.rawValue)
        values["mirrored"] = .bool(found.orientation.isMirrored)
        values["turn"] = .number(found.turn)
        values["stretch"] = .number(found.pose.stretch)
        values["part"] = try? JSONValue(encoding: found.part)
        layer = FileVerdict.Layer(
            layer: "watermark", found: true,
            words: String(format: "number %08x, confidence %.6f; ", found.id, found.confidence)
                + "\(found.words) (tried: \(list))",
            values: values)
    }
}
