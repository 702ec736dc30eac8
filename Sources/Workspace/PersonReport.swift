import Faces
import GRDB

/// Report on one person of a footage group.
package struct PersonReport: Sendable, Codable, Equatable {
    package var set: String
    package var label: String?
    /// Numbers of included and excluded faces.
    package var faces: Int
    package var leftOut: Int
    package var tracks: Int
    /// Names of the clips.
    package var clips: [String]
    /// Seconds of video with the person.
    package var seconds: Double
    /// Median cosine similarity of the faces to the identity of the set; `nil` without embeddings.
    package var likeness: Double?
    /// The most similar other person.
    package var nearest: Nearest?

    package struct Nearest: Sendable, Codable, Equatable {
        package var set: String
        package var likeness: Double
    }
}

extension Footage {
    /// All people of the footage, by number.
    package func report() throws -> [PersonReport] { try PersonReport.reports(of: people(), workspace.index) }
}

extension PersonReport {
    /// Reports on the people of several sets, among which the most similar one is searched.
    package static func reports(of sets: [FaceSetRecord], _ index: Index) throws -> [PersonReport] {
        try sets.map { set in
            let count = try index.count(ofSet: set.name)
            let presence = try index.presence(ofSet: set.name)
            let others = sets.filter { $0.name != set.name }.compactMap { other in
                set.identity.flatMap { own in other.identity.map { (other.name, Double(own.cosine($0))) } }
            }
            return PersonReport(
                set: set.name, label: set.label, faces: count.kept, leftOut: count.seen - count.kept,
                tracks: presence.reduce(0) { $0 + $1.tracks }, clips: presence.map(\.clip),
                seconds: presence.reduce(0) { $0 + $1.seconds } * Double(set.settings.every),
                likeness: try index.medianLikeness(ofSet: set.name),
                nearest: others.max { $0.1 < $1.1 }.map { Nearest(set: $0.0, likeness: $0.1) })
        }
    }
}

/// Extent of a person in one clip.
struct Presence: Sendable {
    let clip: String
    let tracks: Int
    let seconds: Double
}

extension Index {
    func presence(ofSet name: String) throws -> [Presence] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT path, frameRate, count(DISTINCT track) AS tracks, count(DISTINCT frame) AS frames
                    FROM face JOIN clip ON clip.id = face.clip WHERE setName = ? AND rejection IS NULL
                    GROUP BY clip.id ORDER BY clip.id
                    """, arguments: [name]
            ).map { row in
                let values = CheckedRow(row)
                let (path, rate, frames): (String, Double, Int) = (
                    try values["path"], try values["frameRate"], try values["frames"]
                )
                return Presence(
                    clip: path.split(separator: "/").last.map(String.init) ?? path,
                    tracks: try values["tracks"],
                    seconds: rate > 0 ? Double(frames) / rate : 0)
            }
        }
    }

    func medianLikeness(ofSet name: String) throws -> Double? {
        let values = try likenesses(ofSet: name)
        return values.isEmpty ? nil : values[values.count / 2]
    }

    /// Cosine similarities of the faces to the identity of their set, ascending.
    package func likenesses(ofSet name: String) throws -> [Double] {
        try read { database in
            try Double.fetchAll(
                database,
                sql: """
                    SELECT likeness FROM face WHERE setName = ? AND rejection IS NULL AND likeness IS NOT NULL
                    ORDER BY likeness
                    """, arguments: [name])
        }
    }

    /// Crop files of a set, by face.
    package func cropFiles(ofSet name: String) throws -> [Int64: String] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, cropFile FROM face WHERE setName = ? AND cropFile IS NOT NULL",
                arguments: [name])
            return try Dictionary(
                rows.compactMap { row in
                    let values = CheckedRow(row)
                    let id: Int64 = try values["id"]
                    return try values.path("cropFile").map { (id, $0) }
                }
            ) { first, _ in first }
        }
    }

    /// Crop files of the included faces of a set, by clip and frame.
    func crops(ofSet name: String) throws -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT cropFile FROM face WHERE setName = ? AND rejection IS NULL AND cropFile IS NOT NULL
                    ORDER BY clip, frame, track
                    """, arguments: [name])
        }
    }
}
