import Workspace

extension ExtractionSettings {
    /// Whether crops cover the same area, possibly in other file formats, so that existing masks still match.
    func placesCropsLike(_ earlier: ExtractionSettings) -> Bool {
        crop == earlier.crop && cropMargin == earlier.cropMargin && smoothing == earlier.smoothing
    }

    /// Names of the changed settings (as in the settings file) that affect which faces are detected, and so require a new
    /// analysis of the videos. All other settings only affect how detected faces are used.
    func invalidatingChanges(of earlier: ExtractionSettings) -> [String] {
        let changes = [
            ("every", every != earlier.every), ("from", from != earlier.from), ("to", to != earlier.to),
            ("maximum_faces", maximumFaces != earlier.maximumFaces),
            // Narrower faces were not detected before; a higher minimum only excludes detected faces.
            ("minimum_face_width", minimumFaceWidth < earlier.minimumFaceWidth),
        ]
        return changes.filter(\.1).map(\.0)
    }
}
