import Workspace

extension ExtractionSettings {
    /// Whether crops lie where they lay, though perhaps in other files, so that masks still fit them.
    func placesCropsLike(_ earlier: ExtractionSettings) -> Bool {
        crop == earlier.crop && cropMargin == earlier.cropMargin && smoothing == earlier.smoothing
    }

    /// The settings, by their names in the settings file, in which these differ from earlier ones such that other faces would
    /// have been found; all others decide only what becomes of the faces.
    func invalidatingChanges(of earlier: ExtractionSettings) -> [String] {
        let changes = [
            ("every", every != earlier.every), ("from", from != earlier.from), ("to", to != earlier.to),
            ("maximum_faces", maximumFaces != earlier.maximumFaces),
            // Narrower faces were not even looked for; a higher bound only leaves out some of those that were found.
            ("minimum_face_width", minimumFaceWidth < earlier.minimumFaceWidth),
        ]
        return changes.filter(\.1).map(\.0)
    }
}
