import Faces
import Foundation
import Pictures

/// What is to be done otherwise in stretches of a video, in the order in which it was written: what comes later wins.
package struct EditList: Sendable, Codable, Equatable {
    package var edits: [Edit]

    package init(_ edits: [Edit] = []) { self.edits = edits }

    private func edits(of person: String, at time: Double) -> [Edit] {
        edits.filter { $0.covers(time) && ($0.person ?? person) == person }
    }

    /// Sees to it that the edits speak of people whose faces are replaced.
    ///
    /// - Throws: `SwappingError` (`edits`).
    func requirePeople(_ people: [String]) throws {
        for (number, edit) in edits.enumerated() {
            if let person = edit.person, !people.contains(person) {
                throw SwappingError(
                    .edits,
                    "edit \(number + 1): nobody's face is replaced by the name of '\(person)'; there is "
                        + people.map { "'\($0)'" }.joined(separator: ", "))
            }
            if edit.face != nil, edit.person == nil, people.count > 1 {
                throw SwappingError(
                    .edits,
                    "edit \(number + 1) points at a face but does not say whose it is; add person = \"\(people[0])\""
                )
            }
        }
    }

    /// Whether a person's face is swapped at an instant at all.
    func swaps(_ person: String, at time: Double) -> Bool {
        edits(of: person, at: time).compactMap(\.swap).last ?? true
    }

    /// The place in the frame of the face that is to be swapped, in pixels; nil where it is chosen as usual.
    func place(of person: String, at time: Double) -> Point? {
        edits(of: person, at: time).compactMap(\.face).last.map { Point($0[0], $0[1]) }
    }

    /// A person's settings at an instant.
    func settings(_ usual: CompositeSettings, of person: String, at time: Double) -> CompositeSettings {
        edits(of: person, at: time).reduce(into: usual) { settings, edit in
            func take(_ ramp: Ramp?, _ path: WritableKeyPath<CompositeSettings, Double>) {
                if let ramp { settings[keyPath: path] = ramp.value(edit.share(at: time)) }
            }
            take(edit.opacity, \.opacity)
            take(edit.scale, \.scale)
            take(edit.inset, \.erosion)
            take(edit.feather, \.feather)
            take(edit.sharpen, \.sharpening)
            take(edit.colourStrength, \.colourStrength)
        }
    }
}

/// A stretch of a video in which something is done otherwise. Seconds from the video's start; what is not named stays.
package struct Edit: Sendable, Codable, Equatable {
    package var from: Double
    package var to: Double?
    /// Whose face is meant, as `SwapRole.person` names them; nil for everybody's.
    package var person: String?
    /// False leaves the face alone.
    package var swap: Bool?
    /// Where the face that is to be swapped is, x and y in pixels of the frame: the nearest one is taken, whoever it is.
    package var face: [Double]?
    /// How much of the new face shows, 0…1.
    package var opacity: Ramp?
    /// Size of the new face against the old one's.
    package var scale: Ramp?
    /// As the settings of the same names.
    package var inset: Ramp?
    package var feather: Ramp?
    package var sharpen: Ramp?
    package var colourStrength: Ramp?

    package init(from: Double, to: Double? = nil) { (self.from, self.to) = (from, to) }

    func covers(_ time: Double) -> Bool { time >= from && time < to ?? .infinity }

    /// How far an instant lies between beginning and end, 0…1.
    func share(at time: Double) -> Double {
        guard let to, to > from else { return 0 }
        return (time - from) / (to - from)
    }

    /// What is wrong with it, and how to put it right; nil when nothing is.
    package var complaint: String? {
        if !(from >= 0) { return "'from' must be 0 or more" }
        if let to, !(to > from) { return "'to' must lie behind 'from'" }
        if let face, face.count != 2 || !face.allSatisfy(\.isFinite) {
            return "'face' must be two numbers, x and y in pixels of the frame"
        }
        let ranges: [(String, Ramp?, ClosedRange<Double>)] = [
            ("opacity", opacity, 0...1), ("scale", scale, 0.5...2), ("inset", inset, -0.5...0.5),
            ("feather", feather, 0...1), ("sharpen", sharpen, 0...5),
            ("colour_strength", colourStrength, 0...1),
        ]
        for (name, ramp, range) in ranges {
            guard let ramp else { continue }
            guard range.contains(ramp.begin), range.contains(ramp.end) else {
                return "'\(name)' must lie between \(range.lowerBound) and \(range.upperBound)"
            }
            if ramp.begin != ramp.end, to == nil { return "'\(name)' changes, so that 'to' must be named" }
        }
        return nil
    }
}

/// A number that stays, or goes steadily from one value to another.
package struct Ramp: Sendable, Codable, Equatable {
    package var begin: Double
    package var end: Double

    package init(_ begin: Double, _ end: Double? = nil) { (self.begin, self.end) = (begin, end ?? begin) }

    func value(_ share: Double) -> Double { begin + (end - begin) * min(1, max(0, share)) }
}
