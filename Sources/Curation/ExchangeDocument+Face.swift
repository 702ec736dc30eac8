import Faces
import Foundation
import Workspace

extension ExchangeDocument.Face {
    /// - Parameters:
    ///   - clip: index in the document's clips.
    ///   - transform: video pixels → pixels of the crop.
    init(
        _ record: FaceRecord, file: String, mask: String?, clip: Int, transform: SimilarityTransform,
        withIdentity: Bool
    ) {
        let face = record.face
        let landmarks = face.landmarks
        self.init(
            file: file, mask: mask, clip: clip, frame: record.frame, time: record.time, track: face.track,
            transform: transform.numbers, alignment: face.alignment.toUnit.numbers,
            steady: record.steady?.toUnit.numbers,
            box: [face.box.x, face.box.y, face.box.width, face.box.height], score: face.score,
            presence: landmarks.presence,
            landmarks: zip(landmarks.points, landmarks.depths).flatMap { [Float($0.x), Float($0.y), $1] },
            pose: face.pose, expression: face.expression.coefficients,
            quality: record.quality.map { ExchangeDocument.Quality($0) },
            likeness: record.likeness,
            embedding: withIdentity ? face.embedding?.values : nil)
    }

    /// The face as an index record; `nil` for invalid numbers.
    ///
    /// - Parameter cropFile: path of its crop below the set's folder.
    func record(set: String, cropFile: String, maskFile: String?) -> FaceRecord? {
        let count = FaceLandmarks.count
        guard let alignment = SimilarityTransform(numbers: alignment), box.count == 4,
            landmarks.count == 3 * count, expression.count == Faces.Expression.names.count,
            embedding.map({ $0.count == 128 }) ?? true
        else { return nil }
        let face = ObservedFace(
            box: Box(x: box[0], y: box[1], width: box[2], height: box[3]), score: score,
            landmarks: FaceLandmarks(
                points: (0..<count).map { Point(Double(landmarks[3 * $0]), Double(landmarks[3 * $0 + 1])) },
                depths: (0..<count).map { landmarks[3 * $0 + 2] }, presence: presence),
            alignment: FaceAlignment(toUnit: alignment), pose: pose,
            expression: Faces.Expression(coefficients: expression),
            embedding: embedding.map { Embedding(values: $0) }, track: track)
        var record = FaceRecord(setName: set, clip: Int64(clip), frame: frame, time: time, face: face)
        if let steady {
            guard let transform = SimilarityTransform(numbers: steady) else { return nil }
            record.steady = FaceAlignment(toUnit: transform)
        }
        if let quality {
            guard let quality = FaceQuality(quality) else { return nil }
            record.quality = quality
        }
        record.likeness = likeness
        (record.cropFile, record.maskFile) = (cropFile, maskFile)
        return record.isSound ? record : nil
    }
}

extension ExchangeDocument.Quality {
    init(_ quality: FaceQuality) {
        self.init(
            sharpness: quality.sharpness, motionBlur: quality.motionBlur, exposure: quality.exposure,
            clipped: quality.clipped, occlusion: quality.occlusion,
            hash: quality.hash.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count < 2 ? "0" + digits : digits
            }.joined())
    }
}

extension FaceQuality {
    init?(_ quality: ExchangeDocument.Quality) {
        let digits = Array(quality.hash.utf8)
        guard digits.count == 2 * FaceQuality.hashLength else { return nil }
        let hash = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        guard hash.count == FaceQuality.hashLength else { return nil }
        self.init(
            sharpness: quality.sharpness, motionBlur: quality.motionBlur, exposure: quality.exposure,
            clipped: quality.clipped, occlusion: quality.occlusion, hash: hash)
    }
}

extension SimilarityTransform {
    fileprivate var numbers: [Double] { [a, b, tx, ty] }

    fileprivate init?(numbers: [Double]) {
        guard numbers.count == 4 else { return nil }
        self.init(a: numbers[0], b: numbers[1], tx: numbers[2], ty: numbers[3])
    }
}
