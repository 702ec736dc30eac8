/// What an import took in.
package struct ImportSummary: Sendable, Codable, Equatable {
    package var set: String
    /// Faces of the whole set that stay.
    package var faces = 0
    /// Pictures that were looked at in this run; 0 for a folder whose faces were known.
    package var pictures = 0
    /// Names of pictures in which no face was found.
    package var withoutFace: [String] = []
    /// Names of pictures that cannot be read, each with the reason.
    package var unreadable: [String] = []
    /// Names of pictures with several faces, of which the central one was taken.
    package var several: [String] = []

    package init(set: String) { self.set = set }
}
