import Faces
import Foundation
import Pictures

/// Edits of stretches of a video, in the order in which they were written: later edits override earlier ones.
package struct EditList: Sendable, Codable, Equatable {
    package var edits: [Edit]

    package init(_ edits: [Edit] = []) { self.edits = edits }

    private func edits(of person: String, at time: Double) -> [Edit] {
        edits.filter { $0.covers(time) && ($0.person ?? person) == person }
    }

    /// Checks that the edits refer to people whose faces are replaced.
    ///
    /// - Throws: `SwappingError` (`edits`).
    func requirePeople(_ people: [String]) throws {
        for (number, edit) in edits.enumerated() {
            if let person = edit.person, !people.contains(person) {
                throw SwappingError(
                    .edits,
                    "edit \(number + 1): unknown person '\(person)'; the replaced people are "
                        + people.map { "'\($0)'" }.joined(separator: ", "))
            }
            if edit.face != nil, edit.person == nil, people.count > 1 {
                throw SwappingError(
                    .edits,
                    "edit \(number + 1) selects a face without naming a person; add person = \"\(people[0])\""
                )
            }
        }
    }

    /// Whether a person's face is swapped at a time.
    func swaps(_ person: String, at time: Double) -> Bool {
        edits(of: person, at: time).compactMap(\.swap).last ?? true
    }

    /// Position of the selected face in the frame, in pixels; `nil` for the default selection.
    func place(of person: String, at time: Double) -> Point? {
        edits(of: person, at: time).compactMap(\.face).last.map { Point($0[0], $0[1]) }
    }

    /// A person's settings at a time.
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

/// Changed settings of a stretch of a video. Times are in seconds from the video's start; unset values keep the settings.
package struct Edit: Sendable, Codable, Equatable {
    package var from: Double
    package var to: Double?
    /// The person, as `SwapRole.person`; `nil` for all.
    package var person: String?
    /// False disables the swap.
    package var swap: Bool?
    /// Position of the face to swap, x and y in frame pixels: selects the nearest face, whatever its identity.
    package var face: [Double]?
    /// Opacity of the swapped face, 0…1.
    package var opacity: Ramp?
    /// Scale of the swapped face.
    package var scale: Ramp?
    /// As the settings of the same names.
    package var inset: Ramp?
    package var feather: Ramp?
    package var sharpen: Ramp?
    package var colourStrength: Ramp?

    package init(from: Double, to: Double? = nil) { (self.from, self.to) = (from, to) }

    func covers(_ time: Double) -> Bool { time >= from && time < to ?? .infinity }

    /// Position of a time between beginning and end, 0…1.
    func share(at time: Double) -> Double {
        guard let to, to > from else { return 0 }
        return (time - from) / (to - from)
    }

    /// Describes an invalid value and its remedy; `nil` if the edit is valid.
    package var validationError: String? {
        if !(from >= 0) { return "'from' must be 0 or more" }
        if let to, !(to > from) { return "'to' must be later than 'from'" }
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
            if ramp.begin != ramp.end, to == nil { return "'\(name)' is a ramp and requires 'to'" }
        }
        return nil
    }
}

/// A constant number, or a linear ramp between two values.
package struct Ramp: Sendable, Codable, Equatable {
    package var begin: Double
    package var end: Double

    package init(_ begin: Double, _ end: Double? = nil) { (self.begin, self.end) = (begin, end ?? begin) }

    func value(_ share: Double) -> Double { begin + (end - begin) * min(1, max(0, share)) }
}
