import Pictures

/// Masks rasterised from the dense landmarks.
package enum FaceMask {
    /// The face: the convex hull of its surface points (the mesh's oval in frontal view; with the nose's outline when
    /// turned), with edges anti-aliased over one pixel.
    ///
    /// - Parameters:
    ///   - transform: picture pixels → pixels of the mask.
    ///   - size: sides of the mask.
    /// - Returns: `size × size`, 0 outside … 1 inside.
    package static func plane(
        landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int
    ) -> Plane {
        let points = landmarks.points.prefix(468).map { transform($0) }
        return Polygon.hull(of: points).coverage(width: size, height: size)
    }

    /// Eyes and mouth with a margin of 4 % of the face's width: the regions with a higher weight in training.
    package static func eyesAndMouth(
        landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int
    ) -> Plane {
        regions([rightEye, leftEye, lips], landmarks: landmarks, transform: transform, size: size)
    }

    /// Eyes, brows and mouth with the same margin: the areas that are not skin.
    package static func features(landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int) -> Plane
    {
        regions(
            [rightEye, leftEye, rightBrow, leftBrow, lips], landmarks: landmarks, transform: transform,
            size: size)
    }

    /// The eyes alone, with the same margin.
    package static func eyes(landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int) -> Plane {
        regions([rightEye, leftEye], landmarks: landmarks, transform: transform, size: size)
    }

    /// The mouth alone, with the same margin.
    package static func mouth(landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int) -> Plane {
        regions([lips], landmarks: landmarks, transform: transform, size: size)
    }

    /// The area between the lips, with teeth and tongue; nearly empty for closed lips.
    package static func insideOfMouth(
        landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int
    ) -> Plane {
        Polygon(innerLips.map { transform(landmarks.points[$0]) }).coverage(width: size, height: size)
    }

    /// The forehead: from above the brows to the top of the landmarks. 6 % of the face's width above the brows are
    /// excluded, since another person's brows may be there.
    package static func forehead(landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int) -> Plane
    {
        let points = landmarks.points.map { transform($0) }
        let up = points[10] - points[152]
        let length = (up.x * up.x + up.y * up.y).squareRoot()
        let margin = 0.06 * (FaceAlignment(landmarks: landmarks)?.faceWidth ?? 0) * transform.scale
        let raised = length > 0 ? up * (margin / length) : Point(0, 0)
        return Polygon(foreheadTop.map { points[$0] } + browTops.map { points[$0] + raised })
            .coverage(width: size, height: size)
    }

    private static func regions(
        _ outlines: [[Int]], landmarks: FaceLandmarks, transform: SimilarityTransform, size: Int
    ) -> Plane {
        let margin = 0.04 * (FaceAlignment(landmarks: landmarks)?.faceWidth ?? 0) * transform.scale
        var result = Plane(width: size, height: size)
        for outline in outlines {
            let corners = outline.map { transform(landmarks.points[$0]) }
            // The hull of small squares around the corners is the outline grown by the margin.
            let grown = corners.flatMap { corner in
                [(-1.0, 0.0), (1, 0), (0, -1), (0, 1), (-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7), (0.7, 0.7)]
                    .map { corner + Point($0.0, $0.1) * margin }
            }
            let region = Polygon.hull(of: grown).coverage(width: size, height: size)
            for index in result.values.indices {
                result.values[index] = max(result.values[index], region.values[index])
            }
        }
        return result
    }

    private static let rightEye = [
        33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7,
    ]
    private static let leftEye = [
        362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382,
    ]
    private static let rightBrow = [70, 63, 105, 66, 107, 55, 65, 52, 53, 46]
    private static let leftBrow = [336, 296, 334, 293, 300, 276, 283, 282, 295, 285]
    /// Upper outline of the face from temple to temple, and back along the brows.
    private static let foreheadTop = [21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251]
    private static let browTops = [300, 293, 334, 296, 336, 107, 66, 105, 63, 70]
    private static let lips = [
        61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
    ]
    private static let innerLips = [
        78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
    ]
}
