/// Result of an import.
package struct ImportSummary: Sendable, Codable, Equatable {
    package var set: String
    /// Number of included faces of the whole set.
    package var faces = 0
    /// Number of pictures analysed in this run; 0 for exported sets.
    package var pictures = 0
    /// Names of pictures without a face.
    package var withoutFace: [String] = []
    /// Names of unreadable pictures, with reasons.
    package var unreadable: [String] = []
    /// Names of pictures with several faces, of which the central one was used.
    package var several: [String] = []

    package init(set: String) { self.set = set }
}
