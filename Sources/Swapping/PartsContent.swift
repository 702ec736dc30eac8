import Faces
import Foundation
import Media
import Workspace

/// What decides how the parts of a conversion look: parts made of the same belong together.
struct PartsContent: Codable, Equatable {
    /// Of the way parts are made; to be counted up when conversions come out differently.
    var format = 1
    let target: Fingerprint
    let model: String
    let settings: ConversionSettings
    let encoding: EncodingSettings
    let identity: [Float]
    let compares: Bool
    /// How many parts there are.
    let parts: Int

    init(
        target: URL, swapper: any FaceSwapper, settings: ConversionSettings, encoding: EncodingSettings,
        identity: Embedding?, compares: Bool, parts: Int
    ) throws {
        self.target = try Fingerprint(of: target)
        model = swapper.fingerprint
        (self.settings, self.encoding) = (settings, encoding)
        self.identity = identity?.values ?? []
        (self.compares, self.parts) = (compares, parts)
    }

    /// A number of this conversion's own, the same whenever it is made again: for its watermark (FNV-1a, folded to 32 bits).
    var number: UInt32 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (try? encoder.encode(self)) ?? Data() { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
