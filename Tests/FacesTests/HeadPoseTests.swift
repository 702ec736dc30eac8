import Foundation
import Testing

@testable import Faces

@Suite("Head pose")
struct HeadPoseTests {
    @Test("the mean face looks straight ahead")
    func zero() {
        let pose = HeadPose(landmarks: SyntheticFace.turned())
        for angle in [pose.yaw, pose.pitch, pose.roll] { #expect(abs(angle) < 0.01) }
    }

    @Test(
        "a rotated mean face gives its angles",
        arguments: [
            (30.0, 0.0, 0.0), (-30, 0, 0), (0, 20, 0), (0, -20, 0), (0, 0, 40), (0, 0, -90), (65, 0, 0),
            (25, 15, 10), (-40, -10, -25), (10, 5, 170),
        ])
    func angles(_ yaw: Double, _ pitch: Double, _ roll: Double) {
        let pose = HeadPose(landmarks: SyntheticFace.turned(yaw: yaw, pitch: pitch, roll: roll))
        // Yaw and pitch are measured on the rotated head, roll included.
        let (y, p, r) = (yaw * .pi / 180, pitch * .pi / 180, roll * .pi / 180)
        let level = Vector(sin(y) * cos(p), -sin(p), -cos(y) * cos(p))
        let forward = Vector(
            cos(r) * level.x - sin(r) * level.y, sin(r) * level.x + cos(r) * level.y, level.z)
        #expect(abs(Double(pose.yaw) - atan2(forward.x, -forward.z) * 180 / .pi) < 0.01)
        #expect(abs(Double(pose.pitch) - asin(-forward.y) * 180 / .pi) < 0.01)
        #expect(abs(remainder(Double(pose.roll) - roll, 360)) < 0.01)
    }

    @Test("the signs are as documented, by the motion of the nose tip")
    func signs() {
        let ahead = SyntheticFace.turned()
        let right = SyntheticFace.turned(yaw: 20)
        let up = SyntheticFace.turned(pitch: 20)
        let clockwise = SyntheticFace.turned(roll: 20)
        #expect(right.points[4].x > ahead.points[4].x + 5)
        #expect(HeadPose(landmarks: right).yaw > 19)
        #expect(up.points[4].y < ahead.points[4].y - 5)
        #expect(HeadPose(landmarks: up).pitch > 19)
        // Clockwise: the eye on the picture's right moves down.
        #expect(clockwise.points[263].y > clockwise.points[33].y + 5)
        #expect(HeadPose(landmarks: clockwise).roll > 19)
    }

    @Test("an open mouth and a larger face change nothing")
    func rigid() {
        var face = SyntheticFace.turned(yaw: 20, pitch: 5)
        let before = HeadPose(landmarks: face)
        for landmark in [13, 14, 17, 0, 61, 291, 152, 70, 300] { face.points[landmark].y += 20 }
        #expect(HeadPose(landmarks: face) == before)
        let larger = face.transformed(by: SimilarityTransform(a: 3, b: 0, tx: 7, ty: 9))
        #expect(abs(HeadPose(landmarks: larger).yaw - before.yaw) < 1e-3)
    }

    @Test("openings are ratios in space: neither turn nor size changes them")
    func openings() {
        var open = SyntheticFace.unit
        open.points[13] = Point(0.5, 0.85)
        open.points[14] = Point(0.5, 1.0)
        let straight = Openings(open)
        #expect(straight.mouth > 0.1)
        let large = Openings(open.transformed(by: SimilarityTransform(a: 50, b: 50, tx: 1, ty: 2)))
        #expect(abs(large.mouth - straight.mouth) < 1e-5)
        #expect(abs(large.leftEye - straight.leftEye) < 1e-5)
        #expect(Openings(SyntheticFace.turned(yaw: 40)).leftEye > 0.9 * Openings(SyntheticFace.unit).leftEye)
        (open.points[14], open.depths[14]) = (open.points[13], open.depths[13])
        #expect(Openings(open).mouth == 0)
    }
}
