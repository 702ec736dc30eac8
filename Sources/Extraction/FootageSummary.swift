import Faces
import Workspace

/// Result of an extraction of all people.
package struct FootageSummary: Sendable, Codable, Equatable {
    package var footage: String
    /// Summaries of the sets, one per person.
    package var sets: [ExtractionSummary] = []
    /// Names of the sets created in this run.
    package var new: [String] = []
    /// Number of people found in this run with too few faces for a set.
    package var seldom = 0
    /// Number of faces without a set: of people with too few faces and of unidentified tracks.
    package var unassigned = 0
    /// The set of the person that matches the reference.
    package var reference: String?
    /// Similarity threshold of the clustering; `nil` if there was no clustering in this run.
    package var threshold: LikenessThreshold?
    /// Frames analysed in this run.
    package var frames = 0
    package var seconds = 0.0
    /// Seconds of each stage.
    package var stages: [String: Double] = [:]

    package init(footage: String) { self.footage = footage }
}
