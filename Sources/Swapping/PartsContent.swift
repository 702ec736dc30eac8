import Faces
import Files
import Foundation
import Media
import Workspace

/// All inputs that determine the content of a conversion's parts: parts with equal inputs belong together.
struct PartsContent: Codable, Equatable {
    /// Version of the conversion; increment it when the output changes.
    var format = 8
    let target: Fingerprint
    let roles: [Role]
    let matte: Fingerprint?
    let settings: ConversionSettings
    let encoding: EncodingSettings
    let compares: Bool
    /// Number of parts.
    let parts: Int

    struct Role: Codable, Equatable {
        let person: String
        let model: String
        let identity: [Float]
        let least: Float
    }

    init(
        target: URL, roles: [SwapRole], settings: ConversionSettings, encoding: EncodingSettings,
        matte: Matte?, compares: Bool, parts: Int
    ) throws {
        self.target = try Fingerprint(of: target)
        self.roles = roles.map {
            Role(
                person: $0.person, model: $0.swapper.fingerprint, identity: $0.identity?.values ?? [],
                least: $0.least)
        }
        self.matte = matte?.fingerprint
        (self.settings, self.encoding) = (settings, encoding)
        (self.compares, self.parts) = (compares, parts)
    }

    /// A reproducible number of this conversion for its watermark (FNV-1a, folded to 32 bits).
    var number: UInt32 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let hash = FNV1a((try? encoder.encode(self)) ?? Data()).value
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
