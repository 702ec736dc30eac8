import Faces
import Foundation
import GRDB

/// A detected face with the data required for identity clustering, without landmarks.
package struct FaceDetection: Sendable, Equatable {
    package var id: Int64
    package var clip: Int64
    package var track: Int
    package var frame: Int
    /// Width of the face in pixels of the picture.
    package var faceWidth: Double
    package var pose: HeadPose
    package var embedding: Embedding?
    package var rejection: FaceRecord.Rejection?
    package var remark: String?

    package init(
        id: Int64, clip: Int64, track: Int, frame: Int, faceWidth: Double,
        pose: HeadPose = HeadPose(yaw: 0, pitch: 0, roll: 0), embedding: Embedding?,
        rejection: FaceRecord.Rejection? = nil, remark: String? = nil
    ) {
        (self.id, self.clip, self.track, self.frame) = (id, clip, track, frame)
        (self.faceWidth, self.pose, self.embedding) = (faceWidth, pose, embedding)
        (self.rejection, self.remark) = (rejection, remark)
    }

    /// Reliability of the embedding, 0…1.
    package var weight: Double { pose.identityWeight(faceWidth: faceWidth) }
}

extension Index {
    /// All faces of a set, by clip, frame and track.
    package func detections(ofSet name: String) throws -> [FaceDetection] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, clip, track, frame, embedding, alignA, alignB, yaw, pitch, roll, rejection, remark
                    FROM face WHERE setName = ? ORDER BY clip, frame, track
                    """, arguments: [name])
            var result: [FaceDetection] = []
            while let row = try rows.next() { result.append(try FaceDetection(row: row)) }
            return result
        }
    }
}

extension FaceDetection {
    fileprivate init(row: Row) throws {
        let values = CheckedRow(row)
        let (a, b): (Double, Double) = (try values["alignA"], try values["alignB"])
        guard FaceAlignment(toUnit: SimilarityTransform(a: a, b: b, tx: 0, ty: 0)).isSound else {
            throw values.damaged
        }
        self.init(
            id: try values["id"], clip: try values["clip"], track: try values.counter("track"),
            frame: try values.counter("frame"), faceWidth: 1 / (a * a + b * b).squareRoot(),
            pose: HeadPose(yaw: try values["yaw"], pitch: try values["pitch"], roll: try values["roll"]),
            embedding: try values.embedding,
            rejection: (try values.optional("rejection") as String?).flatMap(FaceRecord.Rejection.init),
            remark: try values.optional("remark"))
    }
}
