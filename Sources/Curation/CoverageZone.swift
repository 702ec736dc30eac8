/// A describable part of all poses and expressions, such as "looking down to the picture's left with the mouth open".
/// Each axis is a zone index or, if `nil`, unrestricted.
package struct CoverageZone: Sendable, Hashable {
    package var yaw: Int?
    package var pitch: Int?
    package var mouth: Int?
    package var eyes: Int?

    /// Zones of an axis: ranges of bins with a common description.
    struct Axis: Sendable {
        /// First bins of all zones but the first.
        let starts: [Int]
        let words: [String]

        func zone(of bin: Int) -> Int { starts.count { $0 <= bin } }
    }

    /// Zones over the bins of `CoverageAxis.yaw`: turned from ±15°, far from ±45°.
    static let yawZones = Axis(
        starts: [4, 7, 10, 13],
        words: [
            "far to the picture's left", "to the picture's left", "", "to the picture's right",
            "far to the picture's right",
        ])
    /// Down and up from ±15°, far from ±35°.
    static let pitchZones = Axis(starts: [1, 3, 6, 8], words: ["far down", "down", "", "up", "far up"])
    static let mouthZones = Axis(starts: [2, 4], words: ["shut", "open", "wide open"])
    static let eyesZones = Axis(starts: [2, 3, 4], words: ["shut", "half open", "open", "wide open"])

    package init(yaw: Int? = nil, pitch: Int? = nil, mouth: Int? = nil, eyes: Int? = nil) {
        (self.yaw, self.pitch, self.mouth, self.eyes) = (yaw, pitch, mouth, eyes)
    }

    /// The smallest zone that contains the bins of a face.
    init(_ place: Coverage.Place) {
        self.init(
            yaw: Self.yawZones.zone(of: place.yaw), pitch: Self.pitchZones.zone(of: place.pitch),
            mouth: Self.mouthZones.zone(of: place.mouth), eyes: Self.eyesZones.zone(of: place.eyes))
    }

    /// Number of restricted axes.
    var detail: Int { [yaw, pitch, mouth, eyes].count { $0 != nil } }

    func contains(_ other: CoverageZone) -> Bool {
        (yaw == nil || yaw == other.yaw) && (pitch == nil || pitch == other.pitch)
            && (mouth == nil || mouth == other.mouth) && (eyes == nil || eyes == other.eyes)
    }

    /// All zones.
    static let all: [CoverageZone] = {
        func choices(_ axis: Axis) -> [Int?] { [nil] + axis.words.indices.map { $0 } }
        return choices(yawZones).flatMap { yaw in
            choices(pitchZones).flatMap { pitch in
                choices(mouthZones).flatMap { mouth in
                    choices(eyesZones).map { CoverageZone(yaw: yaw, pitch: pitch, mouth: mouth, eyes: $0) }
                }
            }
        }
    }()

    /// Description of the zone in lower case; empty for the unrestricted zone.
    package var words: String {
        let face = [
            mouth.map { "the mouth \(Self.mouthZones.words[$0])" },
            eyes.map { "the eyes \(Self.eyesZones.words[$0])" },
        ].compactMap { $0 }.joined(separator: " and ")
        return [direction, face.isEmpty ? nil : "with \(face)"].compactMap { $0 }.joined(separator: " ")
    }

    private var direction: String? {
        let across = yaw.map { Self.yawZones.words[$0] }
        let down = pitch.map { Self.pitchZones.words[$0] }
        switch (across, down) {
        case (nil, nil): return nil
        case ("", ""): return "looking straight at the camera"
        case ("", nil): return "facing the camera"
        case (nil, ""): return "looking level"
        case (let across?, nil), (let across?, ""): return "turned \(across)"
        case (nil, let down?), ("", let down?): return "looking \(down)"
        case (let across?, let down?): return "looking \(down) \(across)"
        }
    }
}
