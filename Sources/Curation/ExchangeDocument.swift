import Faces
import Foundation
import Workspace

/// `faces.json`: what is known of the faces whose crops lie beside it. Documentation/ExchangeFormat.md describes it for
/// readers in other languages. Keys are in snake case there.
struct ExchangeDocument: Codable, Equatable {
    static let fileName = "faces.json"
    static let format = "dimorph.exchange"
    static let currentVersion = 1
    /// A larger file is refused: about 30 000 faces.
    static let maximumBytes = 512 << 20

    var format = ExchangeDocument.format
    var version = ExchangeDocument.currentVersion
    var set: String
    /// What a person calls the identity.
    var label: String?
    /// The set's mean embedding, 128 values, only where identity was asked for.
    var identity: [Float]?
    var crop: CropKind
    /// Room around the crop proper, as a share of it.
    var margin: Double
    /// Sides of the crops, in pixels.
    var size: Int
    /// Names of the coefficients in `expression`.
    var expressionNames = Faces.Expression.names
    var clips: [Clip]
    var faces: [Face] = []

    /// A video that faces are from.
    struct Clip: Codable, Equatable {
        /// Without its folder.
        var name: String
        var fingerprint: Fingerprint
        var width: Int
        var height: Int
        /// Frames a second; 0 for pictures.
        var frameRate: Double
        var frameCount: Int?
    }

    struct Face: Codable, Equatable {
        /// The crop, beside this file.
        var file: String
        /// A painted mask, below the folder.
        var mask: String?
        /// Number in `clips`, from 0.
        var clip: Int
        var frame: Int
        var time: Double
        var track: Int
        /// Video pixels → pixels of the crop: x′ = a·x − b·y + tx, y′ = b·x + a·y + ty as [a, b, tx, ty]. Follows from what
        /// stands below; not read back.
        var transform: [Double]
        /// Video pixels → unit square of the mean face, as measured.
        var alignment: [Double]
        /// The same, steadied along the track: the crop is cut by it.
        var steady: [Double]?
        /// x, y, width, height in video pixels.
        var box: [Double]
        var score: Float
        var presence: Float
        /// x, y, depth of 478 points, one after the other, in video pixels.
        var landmarks: [Float]
        var pose: HeadPose
        var expression: [Float]
        var quality: Quality?
        /// Cosine to the set's identity.
        var likeness: Double?
        /// 128 values, only where they were asked for.
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
