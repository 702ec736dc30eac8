import Faces
import Foundation
import GRDB

/// Measurements of a face for curation, without its landmarks, so that those of 100 000 faces fit into memory (about
/// 300 bytes per face).
package struct FaceSummary: Sendable, Equatable {
    package var id: Int64
    package var clip: Int64
    /// Frame number in the clip, from 0.
    package var frame: Int
    /// Time from the start of the clip, in seconds.
    package var time: Double
    package var track: Int
    /// Width of the face in the video, in pixels.
    package var width: Double
    package var pose: HeadPose
    /// Confidence of the landmarker, 0…1.
    package var presence: Double
    /// Score of the last detection, 0…1.
    package var score: Double
    /// Openings as in `Openings`.
    package var mouth: Double
    package var leftEye: Double
    package var rightEye: Double
    package var likeness: Double?
    package var quality: FaceQuality?
    /// Occlusion score: share of the skin whose colour deviates from the other faces of the person, 0…1; `nil` until computed.
    /// The column's name is `strangeness`.
    package var occlusionScore: Double?
    /// Path of the crop relative to the set's folder; `nil` until cropped.
    package var cropFile: String?
    package var rejection: FaceRecord.Rejection?
    package var remark: String?

    package init(
        id: Int64, clip: Int64, frame: Int, time: Double, track: Int, width: Double, pose: HeadPose,
        presence: Double = 1, score: Double = 1, mouth: Double = 0, leftEye: Double = 0, rightEye: Double = 0
    ) {
        (self.id, self.clip, self.frame, self.time, self.track) = (id, clip, frame, time, track)
        (self.width, self.pose, self.presence, self.score) = (width, pose, presence, score)
        (self.mouth, self.leftEye, self.rightEye) = (mouth, leftEye, rightEye)
    }
}

extension FaceSummary: FetchableRecord {
    static let columns =
        """
        id, clip, frame, time, track, alignA, alignB, alignX, alignY, yaw, pitch, roll, presence, score, mouthOpening, \
        leftEyeOpening, rightEyeOpening, likeness, strangeness, sharpness, motionBlur, exposure, clipped, occlusion, \
        hash, cropFile, rejection, remark
        """

    package init(row: Row) throws {
        let values = CheckedRow(row)
        self.init(
            id: try values["id"], clip: try values["clip"], frame: try values.counter("frame"),
            time: try values.number("time"), track: try values.counter("track"),
            width: try values.alignment("align").faceWidth,
            pose: HeadPose(yaw: try values["yaw"], pitch: try values["pitch"], roll: try values["roll"]),
            presence: try values["presence"], score: try values["score"],
            mouth: try values.optional("mouthOpening") ?? 0,
            leftEye: try values.optional("leftEyeOpening") ?? 0,
            rightEye: try values.optional("rightEyeOpening") ?? 0)
        likeness = try values.optional("likeness")
        occlusionScore = try values.optional("strangeness")
        quality = try FaceQuality(values)
        cropFile = try values.path("cropFile")
        rejection = (try values.optional("rejection") as String?).flatMap(FaceRecord.Rejection.init)
        remark = try values.optional("remark")
        guard isSound, try values.alignment("align").isSound else { throw values.damaged }
    }

    private var isSound: Bool {
        let angles = [pose.yaw, pose.pitch, pose.roll].allSatisfy { abs($0) <= 360 }
        let numbers = [presence, score, mouth, leftEye, rightEye, likeness ?? 0, occlusionScore ?? 0]
        return angles && numbers.allSatisfy(\.isFinite) && quality?.numbers.allSatisfy(\.isFinite) ?? true
    }
}
