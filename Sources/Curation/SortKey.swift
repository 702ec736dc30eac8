import Foundation
import Workspace

/// A measurement by which faces are sorted, listed and excluded. The raw value is its name on the command line, in rules and
/// in JSON.
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

    /// Which values are better.
    package enum Better: Sendable { case high, low, neither }

    package var better: Better {
        switch self {
        case .sharpness, .width, .presence, .score, .likeness: .high
        case .motionBlur, .clipped, .occlusion, .turn: .low
        default: .neither
        }
    }

    /// Description with unit and range.
    package var meaning: String {
        switch self {
        case .sharpness: "sharpness (variance of the Laplacian), from 0; low for blurred faces"
        case .motionBlur: "loss of detail along one direction, 0 to 1"
        case .exposure: "mean brightness of the face, 0 (black) to 1 (white)"
        case .clipped: "share of underexposed or overexposed pixels, 0 to 1"
        case .occlusion: "share of the face that is occluded, such as by hands, 0 to 1"
        case .width: "width of the face in the video, in pixels"
        case .presence: "confidence of the landmarks, 0 to 1"
        case .score: "confidence of the detector, 0 to 1"
        case .likeness: "cosine similarity to the identity of the set, -1 to 1"
        case .turn: "angle between face and camera direction, in degrees"
        case .yaw: "yaw in degrees, positive to the picture's right"
        case .pitch: "pitch in degrees, positive up"
        case .roll: "roll in degrees, positive clockwise"
        case .mouth: "mouth opening / distance of the eyes: 0 closed, 0.3 wide"
        case .eyes: "mean of left_eye and right_eye"
        case .leftEye: "eyelid distance / width of the left eye: 0.1 closed, 0.3 open"
        case .rightEye: "eyelid distance / width of the right eye"
        case .time: "time from the start of the clip, in seconds"
        case .frame: "frame number in the clip, from 0"
        case .clip: "number of the clip, prefix of its folder name"
        case .track: "number of the track in its clip"
        case .id: "number of the face in the workspace"
        }
    }

    /// The value; `nil` if not measured.
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

    /// The value with a suitable number of digits; a dash if there is none.
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

    /// Returns the key of this name or throws an error that lists all keys.
    package init(named name: String) throws {
        guard let key = SortKey(rawValue: name) else {
            let near = SortKey.allCases.filter { $0.rawValue.sharedPrefix(with: name) >= 3 }
            let guess =
                near.isEmpty ? "" : " (did you mean \(near.map(\.rawValue).joined(separator: " or "))?)"
            throw CurationError(.rule, "unknown key '\(name)'\(guess); keys are \(SortKey.names)")
        }
        self = key
    }

    /// All key names, for messages.
    package static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension SortKey {
    /// Sorts faces by this key: best first, or ascending if the key has no better end. Faces without a value are last; the
    /// sort is stable.
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
    /// Occluded share of the face: the larger of the estimates from the face's own colours and from the other faces of the
    /// person.
    package var occlusion: Double? {
        [quality?.occlusion, occlusionScore].compactMap { $0 }.max()
    }

    /// Angle between face and camera direction, in degrees.
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
