import Faces
import Foundation
import GRDB

/// One face of a set: its detection in a frame, and its state.
package struct FaceRecord: Sendable, Equatable {
    package var id: Int64?
    package var setName: String
    package var clip: Int64
    /// Frame number in the clip, from 0.
    package var frame: Int
    /// Time from the start of the clip, in seconds.
    package var time: Double
    package var face: ObservedFace
    /// The alignment smoothed along the track, which is used for the crop. `nil` until the track is complete.
    package var steady: FaceAlignment?
    /// Quality for training. `nil` until cropped.
    package var quality: FaceQuality?
    /// Cosine similarity to the set's identity, of this face or the nearest one in its track with an embedding; `nil` if there
    /// is none.
    package var likeness: Double?
    /// Path of the crop relative to the set's folder; `nil` until cropped.
    package var cropFile: String?
    /// Why the face is excluded from training; `nil` for included faces.
    package var rejection: Rejection?
    /// Remark on the rejection, such as the rule that excluded the face.
    package var remark: String?
    /// Path, relative to the set's folder, of an imported or refined mask that replaces the one derived from landmarks.
    package var maskFile: String?

    package enum Rejection: String, Sendable, Codable {
        case otherPerson
        /// Second face of the same person in a frame, such as in a mirror.
        case duplicate
        case tooSmall
        case byHand
        /// The crop file is missing; undone when the file is restored.
        case missing
        /// A rule of `dimorph faces reject`, which is stored as the remark.
        case byRule
        /// Not selected by `dimorph faces best`.
        case surplus
    }

    package init(setName: String, clip: Int64, frame: Int, time: Double, face: ObservedFace) {
        self.setName = setName
        self.clip = clip
        self.frame = frame
        self.time = time
        self.face = face
    }

    /// Picture pixels → pixels of a crop, by the smoothed alignment if there is one.
    package func crop(_ kind: CropKind, size: Int, margin: Double = 0) -> SimilarityTransform {
        (steady ?? face.alignment).crop(kind, size: size, margin: margin)
    }
}

extension FaceRecord: FetchableRecord, MutablePersistableRecord {
    package static let databaseTableName = "face"

    package mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    package init(row: Row) throws {
        let values = CheckedRow(row)
        let (clip, frame): (Int64, Int) = (try values["clip"], try values["frame"])
        let count = FaceLandmarks.count
        let numbers = try values.floats("landmarks", count: count * 3)
        let landmarks = FaceLandmarks(
            points: (0..<count).map { Point(Double(numbers[2 * $0]), Double(numbers[2 * $0 + 1])) },
            depths: Array(numbers[(2 * count)...]), presence: try values["presence"])
        let face = ObservedFace(
            box: Box(
                x: try values["boxX"], y: try values["boxY"], width: try values["boxWidth"],
                height: try values["boxHeight"]),
            score: try values["score"], landmarks: landmarks, alignment: try values.alignment("align"),
            pose: HeadPose(yaw: try values["yaw"], pitch: try values["pitch"], roll: try values["roll"]),
            expression: Expression(
                coefficients: try values.floats("expression", count: Expression.names.count)),
            embedding: try values.embedding, track: try values["track"])
        self.init(
            setName: try values["setName"], clip: clip, frame: frame, time: try values["time"], face: face)
        id = try values["id"]
        if try values.has("steadyA") { steady = try values.alignment("steady") }
        quality = try FaceQuality(values)
        likeness = try values.optional("likeness")
        cropFile = try values.path("cropFile")
        rejection = (try values.optional("rejection") as String?).flatMap(Rejection.init)
        remark = try values.optional("remark")
        maskFile = try values.path("maskFile")
        guard isSound else { throw values.damaged }
    }

    package func encode(to container: inout PersistenceContainer) {
        container["id"] = id
        container["setName"] = setName
        container["clip"] = clip
        container["frame"] = frame
        container["time"] = time
        container["track"] = face.track
        container["boxX"] = face.box.x
        container["boxY"] = face.box.y
        container["boxWidth"] = face.box.width
        container["boxHeight"] = face.box.height
        container["score"] = face.score
        container["presence"] = face.landmarks.presence
        let points = face.landmarks.points.flatMap { [Float($0.x), Float($0.y)] }
        container["landmarks"] = Packed.data(points + face.landmarks.depths)
        container["expression"] = Packed.data(face.expression.coefficients)
        container["embedding"] = face.embedding.map { Packed.data($0.values) }
        container["yaw"] = face.pose.yaw
        container["pitch"] = face.pose.pitch
        container["roll"] = face.pose.roll
        let raw = face.alignment.toUnit
        (container["alignA"], container["alignB"]) = (raw.a, raw.b)
        (container["alignX"], container["alignY"]) = (raw.tx, raw.ty)
        let steady = steady?.toUnit
        (container["steadyA"], container["steadyB"]) = (steady?.a, steady?.b)
        (container["steadyX"], container["steadyY"]) = (steady?.tx, steady?.ty)
        for (column, value) in zip(FaceQuality.columns, quality?.numbers.map { Optional($0) } ?? []) {
            container[column] = value
        }
        container["hash"] = quality.map { Data($0.hash) }
        let openings = face.openings
        container["mouthOpening"] = openings.mouth
        (container["leftEyeOpening"], container["rightEyeOpening"]) = (openings.leftEye, openings.rightEye)
        container["likeness"] = likeness
        container["cropFile"] = cropFile
        container["rejection"] = rejection?.rawValue
        container["remark"] = remark
        container["maskFile"] = maskFile
    }
}
