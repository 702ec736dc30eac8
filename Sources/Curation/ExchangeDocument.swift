import Faces
import Foundation
import Workspace

/// `faces.json`: metadata of the faces whose crops are in the same folder. Documentation/ExchangeFormat.md describes the
/// format. Keys are in snake case in the file.
struct ExchangeDocument: Codable, Equatable {
    static let fileName = "faces.json"
    static let format = "dimorph.exchange"
    static let currentVersion = 1
    /// Maximum file size in bytes: about 30 000 faces.
    static let maximumBytes = 512 << 20

    var format = ExchangeDocument.format
    var version = ExchangeDocument.currentVersion
    var set: String
    /// User-defined name of the identity.
    var label: String?
    /// Mean identity embedding of the set, 128 values; only if requested.
    var identity: [Float]?
    var crop: CropKind
    /// Margin around the crop, as a fraction of its size.
    var margin: Double
    /// Width and height of the crops, in pixels.
    var size: Int
    /// Names of the coefficients in `expression`.
    var expressionNames = Faces.Expression.names
    var clips: [Clip]
    var faces: [Face] = []

    /// Source video.
    struct Clip: Codable, Equatable {
        /// File name without folder.
        var name: String
        var fingerprint: Fingerprint
        var width: Int
        var height: Int
        /// Frames per second; 0 for pictures.
        var frameRate: Double
        var frameCount: Int?
    }

    struct Face: Codable, Equatable {
        /// Crop file in the same folder.
        var file: String
        /// Path of an imported mask below the folder.
        var mask: String?
        /// Index in `clips`.
        var clip: Int
        var frame: Int
        var time: Double
        var track: Int
        /// Video pixels → pixels of the crop: x′ = a·x − b·y + tx, y′ = b·x + a·y + ty as [a, b, tx, ty]. Derived from
        /// the fields below; ignored on import.
        var transform: [Double]
        /// Video pixels → unit square of the mean face, as measured.
        var alignment: [Double]
        /// The same, smoothed along the track; used for the crop.
        var steady: [Double]?
        /// x, y, width, height in video pixels.
        var box: [Double]
        var score: Float
        var presence: Float
        /// x, y, depth of 478 points, flattened, in video pixels.
        var landmarks: [Float]
        var pose: HeadPose
        var expression: [Float]
        var quality: Quality?
        /// Cosine similarity to the set's identity.
        var likeness: Double?
        /// 128 values; only if requested.
        var embedding: [Float]?
    }

    struct Quality: Codable, Equatable {
        var sharpness: Double
        var motionBlur: Double
        var exposure: Double
        var clipped: Double
        var occlusion: Double
        /// 64 hexadecimal digits.
        var hash: String
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
