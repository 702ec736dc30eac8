import Vision

/// The outcome for a person in one frame of the target.
package struct PersonSighting: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// The swapped face is visible.
        case swapped
        /// No face in the frame matches the person.
        case absent
        /// An edit disables the swap.
        case edited
        /// The face is outside the picture.
        case outside
        /// Mask, matte or opacity hide the swapped face completely.
        case hidden
    }

    package let name: String
    package var outcome: Outcome
    /// Greatest similarity (cosine) of a face in the frame to the person; `nil` if unknown.
    package var likeness: Float?
    /// Similarity threshold of the person.
    package let least: Float
}

/// Detections and outcomes in one frame of the target.
package struct FrameSighting: Sendable, Equatable {
    /// Number of faces.
    package var faces = 0
    /// In the order of the roles.
    package var people: [PersonSighting] = []

    var isSwapped: Bool { people.contains { $0.outcome == .swapped } }

    /// Updates the outcomes once it is known for which people the swapped face is visible.
    func showing(_ shown: Set<String>) -> FrameSighting {
        var result = self
        for index in people.indices
        where people[index].outcome == .swapped && !shown.contains(people[index].name) {
            result.people[index].outcome = .hidden
        }
        return result
    }
}

/// Outcomes for the people of a target, as numbers of frames.
package struct SwapStatistics: Sendable, Codable, Equatable {
    package struct Person: Sendable, Codable, Equatable {
        package let name: String
        /// Similarity threshold of the person.
        package let least: Float
        package var swapped = 0
        package var edited = 0
        package var outside = 0
        package var hidden = 0
        /// Greatest similarity of any face to the person; `nil` if unknown.
        package var likeness: Float?
    }

    package private(set) var frames = 0
    /// Frames with at least one detected face.
    package private(set) var framesWithFaces = 0
    package private(set) var people: [Person] = []

    package init() {}

    package mutating func add(_ sighting: FrameSighting) {
        frames += 1
        if sighting.faces > 0 { framesWithFaces += 1 }
        for seen in sighting.people {
            change(seen.name, seen.least) { person in
                switch seen.outcome {
                case .swapped: person.swapped += 1
                case .edited: person.edited += 1
                case .outside: person.outside += 1
                case .hidden: person.hidden += 1
                case .absent: break
                }
                person.likeness = [person.likeness, seen.likeness].compactMap { $0 }.max()
            }
        }
    }

    package mutating func add(_ other: SwapStatistics) {
        frames += other.frames
        framesWithFaces += other.framesWithFaces
        for more in other.people {
            change(more.name, more.least) { person in
                person.swapped += more.swapped
                person.edited += more.edited
                person.outside += more.outside
                person.hidden += more.hidden
                person.likeness = [person.likeness, more.likeness].compactMap { $0 }.max()
            }
        }
    }

    private mutating func change(_ name: String, _ least: Float, _ body: (inout Person) -> Void) {
        if let place = people.firstIndex(where: { $0.name == name }) { return body(&people[place]) }
        people.append(Person(name: name, least: least))
        body(&people[people.count - 1])
    }
}

extension SwapStatistics {
    /// People without a visible swapped face in any frame.
    package var neverSwapped: [Person] { people.filter { $0.swapped == 0 } }

    /// Explains why a person was not swapped in any frame.
    package func reason(for person: Person) -> String {
        let who = person.name.isEmpty ? "the person" : "'\(person.name)'"
        var reasons: [String] = []
        if person.edited > 0 { reasons.append("edits disable the swap of \(who) in \(person.edited) frames") }
        if person.hidden > 0 {
            reasons.append("mask, matte or opacity hide the swapped face in \(person.hidden) frames")
        }
        if person.outside > 0 {
            reasons.append("the face of \(who) is outside the picture in \(person.outside) frames")
        }
        if framesWithFaces == 0, person.edited < frames {
            reasons.append(
                "no face was found in \(frames == 1 ? "the frame" : "any of \(frames) frames") (faces under about "
                    + "\(Int(AnalysisSettings().smallestFace)) pixels are not detected)")
        } else if reasons.isEmpty, let likeness = person.likeness {
            reasons.append(
                "faces were detected in \(framesWithFaces) of \(frames) frames, but none matches \(who): the highest similarity is "
                    + "\(likeness.hundredths), the threshold \(person.least.hundredths) (`dimorph convert --likeness`)"
            )
        } else if reasons.isEmpty {
            reasons.append(
                "faces were detected in \(framesWithFaces) of \(frames) frames, but their identity is unknown"
            )
        }
        return reasons.joined(separator: "; ")
    }
}

extension Float {
    fileprivate var hundredths: String {
        let whole = Int((self * 100).rounded())
        let digits = String(abs(whole) % 100)
        return "\(whole < 0 ? "-" : "")\(abs(whole) / 100).\(digits.count < 2 ? "0" : "")\(digits)"
    }
}
