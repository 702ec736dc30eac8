import Foundation

/// Expression, gaze and head turn measured from landmarks and blendshapes: the measured expression features of the hybrid
/// latent code.
///
/// Distances are taken in the head's coordinate system (turn of the head removed, the mean face's width as unit), so that
/// they describe expression and not pose; blendshapes add what distances miss. Each number is divided by a fixed typical
/// deviation while speaking (`scales`), so that all have the same weight for every person.
package struct FaceMeasures: Sendable, Codable, Equatable {
    /// In the order of `names`, in typical deviations.
    package var values: [Float]

    package static let names: [String] = table.map(\.name)
    package static var count: Int { table.count }

    /// Measures from this index on are the head's turn: the same for all people, never relative to a person.
    package static var firstPose: Int { table.count - 2 }

    package static func isTurn(_ name: String) -> Bool { names[firstPose...].contains(name) }

    package init(values: [Float]) {
        precondition(values.count == Self.count, "a face has \(Self.count) measures")
        self.values = values
    }

    package init(landmarks: FaceLandmarks, expression: Expression) {
        let head = HeadFrame(landmarks)
        values = Self.table.map { Float($0.measure(head, expression) / $0.scale) }
    }

    /// Number of frames on each side that `smoothed` uses.
    package static let smoothingReach = 2

    /// Smooths measures along a track against the landmarker's noise: binomial windows of three frames for the expression
    /// and of five for the turn, without delay and not across gaps in the frame numbers.
    package static func smoothed(_ track: [FaceMeasures], frames: [Int]) -> [FaceMeasures] {
        precondition(track.count == frames.count, "one frame number for each face")
        return track.indices.map { index in
            var result = track[index]
            for measure in 0..<count {
                let window: [Float] = measure < firstPose ? [1, 2, 1] : [1, 4, 6, 4, 1]
                let reach = window.count / 2
                var (sum, weights) = (Float(0), Float(0))
                for offset in -reach...reach {
                    let other = index + offset
                    guard track.indices.contains(other), frames[other] - frames[index] == offset else {
                        continue
                    }
                    sum += window[offset + reach] * track[other].values[measure]
                    weights += window[offset + reach]
                }
                result.values[measure] = sum / weights
            }
            return result
        }
    }

    /// Weight of each measure when two expressions are compared: conspicuous differences have the largest weights.
    package static let weights: [Float] = names.map(weight(of:))
    package static func weight(of name: String) -> Float { prominence[name] ?? 0.5 }
    private static let prominence: [String: Float] = [
        "mouthOpen": 5, "lipsOuter": 1, "mouthWidth": 1.5, "jawOpen": 1, "pucker": 1, "rightEye": 2,
        "leftEye": 2, "blinkRight": 1, "blinkLeft": 1, "gazeRight": 1, "gazeLeft": 1, "gazeDown": 1,
        "rightBrow": 1, "leftBrow": 1, "shrug": 0.2, "yaw": 3, "pitch": 1,
    ]

    /// The region of the face that a measure describes.
    package enum Region: Sendable {
        case eyes, mouth, turn
    }

    package static let regions: [Region] = names.map(region(of:))

    /// The region of a measure by name, including names of earlier versions.
    package static func region(of name: String) -> Region {
        if isTurn(name) { return .turn }
        let words = ["Eye", "blink", "Brow", "gaze", "look", "squint"]
        return words.contains { name.contains($0) } ? .eyes : .mouth
    }

    /// The measures of the mirrored face.
    package var mirrored: FaceMeasures {
        FaceMeasures(values: Self.partners.indices.map { values[Self.partners[$0]] * Self.signs[$0] })
    }

    /// For each measure, the index and sign of its mirrored measure.
    private static let partners: [Int] = names.enumerated().map { index, name in
        let other = name.hasPrefix("left") || name.hasSuffix("Left") ? ("eft", "ight") : ("ight", "eft")
        let initials = other.0 == "eft" ? [("l", "r"), ("L", "R")] : [("r", "l"), ("R", "L")]
        for (from, to) in initials {
            let mirrored = name.replacing(from + other.0, with: to + other.1)
            if mirrored != name, let partner = names.firstIndex(of: mirrored) { return partner }
        }
        return index
    }
    private static let signs: [Float] = names.map {
        ["mouthSide", "gazeRight", "gazeLeft", "yaw"].contains($0) ? -1 : 1
    }

    private struct Row: Sendable {
        let name: String
        /// A typical standard deviation while speaking, in the measure's unit.
        let scale: Double
        let measure: @Sendable (HeadFrame, Expression) -> Double

        init(
            _ name: String, _ scale: Double, _ measure: @escaping @Sendable (HeadFrame, Expression) -> Double
        ) {
            self.name = name
            self.scale = scale
            self.measure = measure
        }

        /// The mean of some blendshapes.
        init(_ name: String, _ scale: Double, mean shapes: String...) {
            self.init(name, scale) { _, expression in
                shapes.reduce(0) { $0 + Double(expression[$1]) } / Double(shapes.count)
            }
        }
    }

    private static let table: [Row] = [
        Row("mouthOpen", 0.052) { face, _ in face.distance(13, 14) },
        Row("lipsOuter", 0.050) { face, _ in face.distance(0, 17) },
        Row("mouthWidth", 0.038) { face, _ in face.distance(61, 291) },
        Row("cornersUp", 0.0175) { face, _ in (face.y(13, 14) - face.y(61, 291)) },
        Row("mouthSide", 0.020) { face, _ in face.x(61, 291) },
        Row("upperLip", 0.0105) { face, _ in face.y(0) - face.y(2) },
        Row("rightEye", 0.0175) { face, _ in face.lids([(159, 145), (158, 153), (160, 144)]) },
        Row("leftEye", 0.0175) { face, _ in face.lids([(386, 374), (385, 380), (387, 373)]) },
        Row("blinkLeft", 0.15, mean: "eyeBlinkLeft"),
        Row("blinkRight", 0.15, mean: "eyeBlinkRight"),
        Row("rightBrow", 0.013) { face, _ in face.y(70, 63, 105, 66, 107) - face.y(33, 133) },
        Row("leftBrow", 0.013) { face, _ in face.y(336, 296, 334, 293, 300) - face.y(362, 263) },
        Row("gazeRight", 0.015) { face, _ in face.x(468) - face.x(33, 133) },
        Row("gazeLeft", 0.015) { face, _ in face.x(473) - face.x(362, 263) },
        Row("gazeDown", 0.0065) { face, _ in
            (face.y(468) - face.y(33, 133) + face.y(473) - face.y(362, 263)) / 2
        },
        Row("lookDown", 0.08) { _, shapes in
            Double(
                shapes["eyeLookDownLeft"] + shapes["eyeLookDownRight"] - shapes["eyeLookUpLeft"]
                    - shapes["eyeLookUpRight"]) / 4
        },
        Row("jawOpen", 0.13, mean: "jawOpen"),
        Row("smileLeft", 0.25, mean: "mouthSmileLeft"),
        Row("smileRight", 0.25, mean: "mouthSmileRight"),
        Row("pucker", 0.18, mean: "mouthPucker"),
        Row("funnel", 0.04, mean: "mouthFunnel"),
        Row("squint", 0.1, mean: "eyeSquintLeft", "eyeSquintRight"),
        Row("shrug", 0.07, mean: "mouthShrugLower"),
        Row("stretch", 0.03, mean: "mouthStretchLeft", "mouthStretchRight"),
        // The turn, in radians over its scale.
        Row("yaw", 0.3) { face, _ in face.yaw },
        Row("pitch", 0.12) { face, _ in face.pitch },
    ]
}

/// A face's landmarks with the turn of the head removed, in widths of the mean face.
private struct HeadFrame {
    let points: [Vector]
    let yaw: Double
    let pitch: Double

    init(_ landmarks: FaceLandmarks) {
        let seen = MeanFace.rigid.map {
            let point = landmarks.points[$0.landmark]
            return Vector(point.x, point.y, Double(landmarks.depths[$0.landmark]))
        }
        let model = MeanFace.rigid.map { Vector($0.x, $0.y, $0.depth) }
        let count = Double(max(1, seen.count))
        let centre = seen.reduce(Vector(0, 0, 0), +) * (1 / count)
        let modelCentre = model.reduce(Vector(0, 0, 0), +) * (1 / count)
        let turn = Rotation(from: model, to: seen)
        func spread(_ points: [Vector], _ centre: Vector) -> Double {
            points.reduce(0) { sum, point in
                let d = point - centre
                return sum + d.x * d.x + d.y * d.y + d.z * d.z
            }.squareRoot()
        }
        let scale = max(spread(seen, centre), 1e-9) / spread(model, modelCentre)
        let back = turn.inverse
        points = landmarks.points.indices.map { index in
            let point = landmarks.points[index]
            return back(Vector(point.x, point.y, Double(landmarks.depths[index])) - centre) * (1 / scale)
        }
        // The direction of the face, after removing the roll.
        let (forward, across) = (turn(Vector(0, 0, -1)), turn(Vector(1, 0, 0)))
        let roll = atan2(across.y, across.x)
        yaw = atan2(forward.x * cos(roll) + forward.y * sin(roll), -forward.z)
        pitch = asin(min(1, max(-1, forward.y * cos(roll) - forward.x * sin(roll))))
    }

    /// Mean vertical position of landmarks, downwards.
    func y(_ landmarks: Int...) -> Double {
        landmarks.reduce(0) { $0 + points[$1].y } / Double(landmarks.count)
    }
    /// Mean horizontal position of landmarks.
    func x(_ landmarks: Int...) -> Double {
        landmarks.reduce(0) { $0 + points[$1].x } / Double(landmarks.count)
    }
    func distance(_ i: Int, _ j: Int) -> Double {
        let d = points[i] - points[j]
        return (d.x * d.x + d.y * d.y).squareRoot()
    }
    /// Mean gap between pairs of lid points.
    func lids(_ pairs: [(Int, Int)]) -> Double {
        pairs.reduce(0) { $0 + distance($1.0, $1.1) } / Double(pairs.count)
    }
}
