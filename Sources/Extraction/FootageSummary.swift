import Faces
import Workspace

/// What an extraction of everybody did.
package struct FootageSummary: Sendable, Codable, Equatable {
    package var footage: String
    /// One a person.
    package var sets: [ExtractionSummary] = []
    /// Sets that this run made.
    package var new: [String] = []
    /// People told apart in this run who are seen too seldom for a set.
    package var seldom = 0
    /// Faces without a set: of the seldom ones and of those whom nobody can tell.
    package var unassigned = 0
    /// The set of the person whom the reference shows.
    package var reference: String?
    /// Where likeness ended for this run; nil where nobody was told apart anew.
    package var threshold: LikenessThreshold?
    /// Frames that this run looked at.
    package var frames = 0
    package var seconds = 0.0
    /// Seconds that each stage worked.
    package var stages: [String: Double] = [:]

    package init(footage: String) { self.footage = footage }
}
