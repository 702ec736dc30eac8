import Foundation
import GRDB

/// How well one face would serve training, as far as its crop tells. What the landmarks tell (pose, openings, presence,
/// size) stands in the face itself.
package struct FaceQuality: Sendable, Equatable {
    /// Variance of the Laplacian of the luma (grey levels squared): low where the crop is blurred.
    package var sharpness: Double
    /// How much the detail runs in one direction only, as motion blur leaves it: 0 none … 1 all.
    package var motionBlur: Double
    /// Mean luma inside the face's hull, 0 black … 1 white.
    package var exposure: Double
    /// Share of the hull's pixels that are black or white and hold nothing more, 0…1.
    package var clipped: Double
    /// Share of the hull that something seems to cover, 0…1.
    package var occlusion: Double
    /// 256 bits that differ in few places between pictures that look alike (difference hash); 32 bytes.
    package var hash: [UInt8]

    package static let hashLength = 32

    /// - Precondition: the hash has 32 bytes.
    package init(
        sharpness: Double, motionBlur: Double, exposure: Double, clipped: Double, occlusion: Double,
        hash: [UInt8]
    ) {
        precondition(hash.count == Self.hashLength, "a face's hash has 32 bytes")
        (self.sharpness, self.motionBlur, self.exposure) = (sharpness, motionBlur, exposure)
        (self.clipped, self.occlusion, self.hash) = (clipped, occlusion, hash)
    }

    /// Bits in which two hashes differ, 0…256.
    package func distance(_ other: FaceQuality) -> Int {
        zip(hash, other.hash).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }
}

extension FaceQuality {
    /// Columns of the numbers in the index, in the order of `numbers`.
    static let columns = ["sharpness", "motionBlur", "exposure", "clipped", "occlusion"]

    var numbers: [Double] { [sharpness, motionBlur, exposure, clipped, occlusion] }

    /// Nil for a face that has not been cropped, or was by an early version that measured less.
    init?(_ row: CheckedRow) throws {
        guard let hash: Data = try row.optional("hash") else { return nil }
        guard hash.count == Self.hashLength else { throw row.damaged }
        self.init(
            sharpness: try row["sharpness"], motionBlur: try row["motionBlur"], exposure: try row["exposure"],
            clipped: try row["clipped"], occlusion: try row["occlusion"], hash: Array(hash))
    }
}
