/// The alignment of a face: the similarity transform from the picture to the mean face's unit square.
package struct FaceAlignment: Sendable, Codable, Equatable {
    /// Picture pixels → unit square of the mean face.
    package var toUnit: SimilarityTransform

    package init(toUnit: SimilarityTransform) {
        self.toUnit = toUnit
    }

    /// Weighted least squares from the inner landmarks to the mean face (`MeanFace.alignment`). Mouth and brows have low
    /// weights and the lower lip none, so that speech does not move the crop. `nil` if the landmarks coincide or are not
    /// finite.
    package init?(landmarks: FaceLandmarks) {
        let source = MeanFace.alignment.map { landmarks.points[$0.landmark] }
        let target = MeanFace.alignment.map { Point($0.x, $0.y) }
        let weights = MeanFace.alignment.map(\.weight)
        guard let transform = SimilarityTransform(from: source, to: target, weights: weights),
            transform.scale.isFinite, transform.scale > 1e-9, transform.tx.isFinite, transform.ty.isFinite
        else { return nil }
        toUnit = transform
    }

    /// Position of an alignment landmark on the mean face, in the unit square; `nil` for other landmarks.
    package static func place(ofLandmark landmark: Int) -> Point? { MeanFace.places[landmark] }

    /// Width of the unit square in picture pixels.
    package var faceWidth: Double { 1 / toUnit.scale }

    /// Centre of the unit square in picture pixels.
    package var centre: Point { toUnit.inverse(Point(0.5, 0.5)) }

    /// Rotation of the face in the picture, in radians, clockwise.
    package var angle: Double { toUnit.inverse.angle }

    /// Picture pixels → pixels of a square crop with sides of `size`, `margin` included.
    package func crop(_ kind: CropKind, size: Int, margin: Double = 0) -> SimilarityTransform {
        toUnit.then(kind.transform(size: size, margin: margin))
    }
}
