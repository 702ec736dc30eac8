import Faces
import Pictures

/// Finds the central face of an aligned picture.
struct CentralFace {
    let find: (Picture) throws -> [ObservedFace]

    /// - Returns: the face nearest to the centre and the number of other faces; `nil` if there is no face.
    func callAsFunction(_ picture: Picture) throws -> (face: ObservedFace, others: Int)? {
        let faces = try find(picture)
        if let face = central(faces, picture) { return (face, faces.count - 1) }
        // Detectors are trained on faces with context: tightly cropped faces need a border.
        guard max(picture.width, picture.height) <= Self.largest else { return nil }
        let border = max(picture.width, picture.height) / 2
        let framed = picture.cropped(
            x: -border, y: -border, width: picture.width + 2 * border, height: picture.height + 2 * border)
        let shift = SimilarityTransform(a: 1, b: 0, tx: -Double(border), ty: -Double(border))
        let found = try find(framed).compactMap { $0.moved(by: shift) }
        return central(found, picture).map { ($0, found.count - 1) }
    }

    /// Maximum size of aligned pictures in pixels.
    private static let largest = 4096

    private func central(_ faces: [ObservedFace], _ picture: Picture) -> ObservedFace? {
        let centre = Point(Double(picture.width) / 2, Double(picture.height) / 2)
        return faces.min { ($0.box.centre - centre).length < ($1.box.centre - centre).length }
    }
}

extension ObservedFace {
    /// The face in other coordinates; `nil` for degenerate landmarks.
    fileprivate func moved(by transform: SimilarityTransform) -> ObservedFace? {
        var face = self
        face.landmarks = landmarks.transformed(by: transform)
        face.box = face.landmarks.box
        guard let alignment = FaceAlignment(landmarks: face.landmarks) else { return nil }
        face.alignment = alignment
        return face
    }
}
