import Foundation
import GRDB

/// Quality of a face for training, measured on its crop. Properties of the landmarks (pose, openings, presence, size) are
/// stored with the face.
package struct FaceQuality: Sendable, Equatable {
    /// Variance of the Laplacian of the luma (grey levels squared): low for blurred crops.
    package var sharpness: Double
    /// Motion blur: loss of detail along one direction, 0 (none) … 1.
    package var motionBlur: Double
    /// Mean luma inside the face's hull, 0 (black) … 1 (white).
    package var exposure: Double
    /// Share of underexposed or overexposed pixels of the hull, 0…1.
    package var clipped: Double
    /// Share of the hull that is occluded, estimated from its colours, 0…1.
    package var occlusion: Double
    /// Difference hash with 256 bits (32 bytes); similar pictures differ in few bits.
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

    /// Hamming distance of two hashes, 0…256.
    package func distance(_ other: FaceQuality) -> Int {
        zip(hash, other.hash).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }
}

extension FaceQuality {
    /// Index columns in the order of `numbers`.
    static let columns = ["sharpness", "motionBlur", "exposure", "clipped", "occlusion"]

    var numbers: [Double] { [sharpness, motionBlur, exposure, clipped, occlusion] }

    /// `nil` for a face that was not cropped, or was cropped by an early version with fewer measurements.
    init?(_ row: CheckedRow) throws {
        guard let hash: Data = try row.optional("hash") else { return nil }
        guard hash.count == Self.hashLength else { throw row.damaged }
        self.init(
            sharpness: try row["sharpness"], motionBlur: try row["motionBlur"], exposure: try row["exposure"],
            clipped: try row["clipped"], occlusion: try row["occlusion"], hash: Array(hash))
    }
}
