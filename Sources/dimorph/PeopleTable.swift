import Commands
import Foundation
import Workspace

/// Table of the people in a footage group.
struct PeopleTable {
    let text: String

    init(_ people: [PersonReport]) {
        let width = people.map { Self.name($0).count }.max() ?? 0
        text = people.map { person in
            var parts = [
                Self.name(person).padding(toLength: width, withPad: " ", startingAt: 0),
                counted(person.faces, "face"),
                String(format: "%.1f s", person.seconds),
                counted(person.tracks, "track"),
                counted(person.clips.count, "clip"),
            ]
            if person.leftOut > 0 { parts.append("\(person.leftOut) excluded") }
            if let likeness = person.likeness {
                parts.append(String(format: "similarity within %.2f", likeness))
            }
            if let nearest = person.nearest {
                parts.append("nearest \(nearest.set) at " + String(format: "%.2f", nearest.likeness))
            }
            return parts.joined(separator: ", ")
        }.joined(separator: "\n")
    }

    private static func name(_ person: PersonReport) -> String {
        person.set + (person.label.map { " (\($0))" } ?? "")
    }
}
