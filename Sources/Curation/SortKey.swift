import Foundation
import Workspace

/// A figure by which faces are sorted, listed and left out. The raw value is its name on the command line, in rules and in
/// JSON.
package enum SortKey: String, Sendable, Codable, CaseIterable {
    case sharpness
    case motionBlur = "motion_blur"
    case exposure, clipped, occlusion
    case width, presence, score, likeness
    case turn, yaw, pitch, roll
    case mouth, eyes
    case leftEye = "left_eye"
    case rightEye = "right_eye"
    case time, frame, clip, track, id

    /// Which end is the better one.
    package enum Better: Sendable { case high, low, neither }

    package var better: Better {
        switch self {
        case .sharpness, .width, .presence, .score, .likeness: .high
        case .motionBlur, .clipped, .occlusion, .turn: .low
        default: .neither
        }
    }

    /// What it says, with unit and range.
    package var meaning: String {
        switch self {
        case .sharpness: "fine detail, from 0; blurred pictures have little"
        case .motionBlur: "detail lost along one direction only, 0 to 1"
        case .exposure: "mean brightness of the face, 0 black to 1 white"
        case .clipped: "share of the face that is plain black or white, 0 to 1"
        case .occlusion: "share of the face that looks foreign, such as hands, 0 to 1"
        case .width: "width of the face in the video, in pixels"
        case .presence: "how sure the landmarks are, 0 to 1"
        case .score: "how sure the detector was, 0 to 1"
        case .likeness: "cosine to the set's person, -1 to 1"
        case .turn: "angle away from the camera, any direction, in degrees"
        case .yaw: "turn in degrees, positive to the picture's right"
        case .pitch: "nod in degrees, positive up"
        case .roll: "lean in degrees, positive clockwise"
        case .mouth: "mouth opening over the eyes' distance: 0 shut, 0.3 wide"
        case .eyes: "mean of left_eye and right_eye"
        case .leftEye: "lid gap over the eye's width: 0.1 shut, 0.3 open"
        case .rightEye: "the same of the person's right eye"
        case .time: "seconds from the clip's start"
        case .frame: "frame in the clip, from 0"
        case .clip: "the clip's number, which begins its folder's name"
        case .track: "the track's number in its clip"
        case .id: "the face's number in the workspace"
        }
    }

    /// Nil where it has not been measured.
    package func value(of face: FaceSummary) -> Double? {
        switch self {
        case .sharpness: face.quality?.sharpness
        case .motionBlur: face.quality?.motionBlur
        case .exposure: face.quality?.exposure
        case .clipped: face.quality?.clipped
        case .occlusion: face.occlusion
        case .width: face.width
        case .presence: face.presence
        case .score: face.score
        case .likeness: face.likeness
        case .turn: face.turn
        case .yaw: Double(face.pose.yaw)
        case .pitch: Double(face.pose.pitch)
        case .roll: Double(face.pose.roll)
        case .mouth: face.mouth
        case .eyes: (face.leftEye + face.rightEye) / 2
        case .leftEye: face.leftEye
        case .rightEye: face.rightEye
        case .time: face.time
        case .frame: Double(face.frame)
        case .clip: Double(face.clip)
        case .track: Double(face.track)
        case .id: Double(face.id)
        }
    }

    /// The value with as many digits as it deserves; a dash where there is none.
    package func text(of face: FaceSummary) -> String {
        guard let value = value(of: face), value.isFinite else { return "-" }
        switch self {
        case .frame, .clip, .track, .id, .width: return String(format: "%.0f", value)
        case .turn, .yaw, .pitch, .roll: return String(format: "%.1f", value)
        case .sharpness, .motionBlur, .exposure, .presence, .score, .likeness, .time:
            return String(format: "%.2f", value)
        default: return String(format: "%.3f", value)
        }
    }

    /// The key of this name, or an error that lists those that there are.
    package init(named name: String) throws {
        guard let key = SortKey(rawValue: name) else {
            let near = SortKey.allCases.filter { $0.rawValue.sharedPrefix(with: name) >= 3 }
            let guess =
                near.isEmpty ? "" : " (did you mean \(near.map(\.rawValue).joined(separator: " or "))?)"
            throw CurationError(.rule, "there is no key '\(name)'\(guess); there are \(SortKey.names)")
        }
        self = key
    }

    /// All names, for messages.
    package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension SortKey {
    /// Faces in this key's order: the better ones first, or rising where neither end is better. Faces without a value come
    /// last; equal ones keep their order.
    package func sorted(_ faces: [FaceSummary], reversed: Bool = false) -> [FaceSummary] {
        let falls = (better == .high) != reversed
        let keyed = faces.enumerated().map { (place: $0.offset, value: value(of: $0.element)) }
        let order = keyed.sorted { first, second in
            switch (first.value, second.value) {
            case (let a?, let b?) where a != b: falls ? a > b : a < b
            case (.some, nil): true
            case (nil, .some): false
            default: first.place < second.place
            }
        }
        return order.map { faces[$0.place] }
    }
}

extension FaceSummary {
    /// Share of the face that something covers: what is foreign to the face's own colours, or to those of the person's other
    /// faces, whichever is more.
    package var occlusion: Double? {
        [quality?.occlusion, strangeness].compactMap { $0 }.max()
    }

    /// Angle between the face's direction and the camera's, in degrees.
    package var turn: Double {
        let (yaw, pitch) = (Double(pose.yaw) * .pi / 180, Double(pose.pitch) * .pi / 180)
        return acos(max(-1, min(1, cos(yaw) * cos(pitch)))) * 180 / .pi
    }
}

extension String {
    fileprivate func sharedPrefix(with other: String) -> Int {
        zip(lowercased(), other.lowercased()).prefix { $0 == $1 }.count
    }
}
