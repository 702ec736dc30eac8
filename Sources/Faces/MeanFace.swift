/// The mean of the project's own faces: the reference for alignment and head pose.
///
/// Made by `Scripts/make-mean-face.py`: landmarks of the performers' near-frontal frames with a closed mouth and open eyes,
/// aligned by generalised Procrustes analysis in three dimensions (Gower 1975), averaged with equal weight for each person,
/// made mirror-symmetric.
///
/// Unit: the mean face's unit square. x extends from one outer brow end (0) to the other (1), y downwards, with the middle
/// of brows and lips at (0.5, 0.5); depth has the same unit, grows away from the camera, and is 0 at the mean of `rigid`.
/// The face's oval extends from −0.09 to 1.09 across and from −0.18 to 1.24 down.
enum MeanFace {
    struct Vertex: Sendable {
        let landmark: Int
        let x: Double
        let y: Double
        let depth: Double
        let weight: Double
    }

    /// Landmarks for alignment with weights: the more a point moves with the expression, the lower its weight. Eyes and
    /// nose have the highest, then brows and upper lip; lower lip and jaw are excluded; the upper contour has a low weight,
    /// so that the whole face and not only its features determines the scale. Measured on the performers, speech moves the
    /// crop's scale by 0.5 % (standard deviation), against 2.2 % with equal weights for 51 inner points, with half the
    /// jitter.
    static let alignment: [Vertex] = [
        .init(landmark: 0, x: 0.5000, y: 0.7984, depth: -0.2533, weight: 0.5),
        .init(landmark: 2, x: 0.5000, y: 0.6776, depth: -0.2505, weight: 1),
        .init(landmark: 4, x: 0.5000, y: 0.5523, depth: -0.3966, weight: 1),
        .init(landmark: 5, x: 0.5000, y: 0.4814, depth: -0.3745, weight: 1),
        .init(landmark: 10, x: 0.5000, y: -0.1750, depth: -0.1604, weight: 0.15),
        .init(landmark: 13, x: 0.5000, y: 0.8610, depth: -0.2025, weight: 0.5),
        .init(landmark: 21, x: -0.0668, y: 0.1019, depth: 0.2099, weight: 0.15),
        .init(landmark: 33, x: 0.1175, y: 0.2957, depth: -0.0189, weight: 3),
        .init(landmark: 37, x: 0.4378, y: 0.7863, depth: -0.2456, weight: 0.5),
        .init(landmark: 39, x: 0.3767, y: 0.8054, depth: -0.2145, weight: 0.5),
        .init(landmark: 54, x: -0.0188, y: -0.0029, depth: 0.1071, weight: 0.15),
        .init(landmark: 61, x: 0.2825, y: 0.8645, depth: -0.0898, weight: 0.5),
        .init(landmark: 63, x: 0.0479, y: 0.0760, depth: -0.0652, weight: 0.3),
        .init(landmark: 66, x: 0.2351, y: 0.0345, depth: -0.1734, weight: 0.3),
        .init(landmark: 67, x: 0.1924, y: -0.1444, depth: -0.0943, weight: 0.15),
        .init(landmark: 70, x: 0.0000, y: 0.1373, depth: 0.0000, weight: 0.3),
        .init(landmark: 75, x: 0.4005, y: 0.6495, depth: -0.2203, weight: 1),
        .init(landmark: 78, x: 0.3033, y: 0.8636, depth: -0.1054, weight: 0.5),
        .init(landmark: 82, x: 0.4483, y: 0.8584, depth: -0.1961, weight: 0.5),
        .init(landmark: 93, x: -0.0634, y: 0.6001, depth: 0.4494, weight: 0.15),
        .init(landmark: 97, x: 0.4383, y: 0.6758, depth: -0.2359, weight: 1),
        .init(landmark: 103, x: 0.0633, y: -0.0876, depth: -0.0002, weight: 0.15),
        .init(landmark: 105, x: 0.1258, y: 0.0391, depth: -0.1239, weight: 0.3),
        .init(landmark: 107, x: 0.3657, y: 0.0488, depth: -0.1999, weight: 0.3),
        .init(landmark: 109, x: 0.3340, y: -0.1709, depth: -0.1485, weight: 0.15),
        .init(landmark: 127, x: -0.0891, y: 0.3501, depth: 0.4058, weight: 0.15),
        .init(landmark: 133, x: 0.3604, y: 0.3161, depth: -0.0696, weight: 3),
        .init(landmark: 144, x: 0.1824, y: 0.3317, depth: -0.0703, weight: 0.5),
        .init(landmark: 153, x: 0.2732, y: 0.3315, depth: -0.0859, weight: 0.5),
        .init(landmark: 158, x: 0.2633, y: 0.2531, depth: -0.0948, weight: 0.5),
        .init(landmark: 160, x: 0.1737, y: 0.2571, depth: -0.0774, weight: 0.5),
        .init(landmark: 162, x: -0.0872, y: 0.2161, depth: 0.3200, weight: 0.15),
        .init(landmark: 168, x: 0.5000, y: 0.2383, depth: -0.1990, weight: 1),
        .init(landmark: 197, x: 0.5000, y: 0.3728, depth: -0.2812, weight: 1),
        .init(landmark: 234, x: -0.0783, y: 0.4743, depth: 0.4444, weight: 0.15),
        .init(landmark: 251, x: 1.0668, y: 0.1019, depth: 0.2099, weight: 0.15),
        .init(landmark: 263, x: 0.8825, y: 0.2957, depth: -0.0189, weight: 3),
        .init(landmark: 267, x: 0.5622, y: 0.7863, depth: -0.2456, weight: 0.5),
        .init(landmark: 269, x: 0.6233, y: 0.8054, depth: -0.2145, weight: 0.5),
        .init(landmark: 284, x: 1.0188, y: -0.0029, depth: 0.1071, weight: 0.15),
        .init(landmark: 291, x: 0.7175, y: 0.8645, depth: -0.0898, weight: 0.5),
        .init(landmark: 293, x: 0.9521, y: 0.0760, depth: -0.0652, weight: 0.3),
        .init(landmark: 296, x: 0.7649, y: 0.0345, depth: -0.1734, weight: 0.3),
        .init(landmark: 297, x: 0.8076, y: -0.1444, depth: -0.0943, weight: 0.15),
        .init(landmark: 300, x: 1.0000, y: 0.1373, depth: 0.0000, weight: 0.3),
        .init(landmark: 305, x: 0.5995, y: 0.6495, depth: -0.2203, weight: 1),
        .init(landmark: 308, x: 0.6967, y: 0.8636, depth: -0.1054, weight: 0.5),
        .init(landmark: 312, x: 0.5517, y: 0.8584, depth: -0.1961, weight: 0.5),
        .init(landmark: 323, x: 1.0634, y: 0.6001, depth: 0.4494, weight: 0.15),
        .init(landmark: 326, x: 0.5617, y: 0.6758, depth: -0.2359, weight: 1),
        .init(landmark: 332, x: 0.9367, y: -0.0876, depth: -0.0002, weight: 0.15),
        .init(landmark: 334, x: 0.8742, y: 0.0391, depth: -0.1239, weight: 0.3),
        .init(landmark: 336, x: 0.6343, y: 0.0488, depth: -0.1999, weight: 0.3),
        .init(landmark: 338, x: 0.6660, y: -0.1709, depth: -0.1485, weight: 0.15),
        .init(landmark: 356, x: 1.0891, y: 0.3501, depth: 0.4058, weight: 0.15),
        .init(landmark: 362, x: 0.6396, y: 0.3161, depth: -0.0696, weight: 3),
        .init(landmark: 373, x: 0.8176, y: 0.3317, depth: -0.0703, weight: 0.5),
        .init(landmark: 380, x: 0.7268, y: 0.3315, depth: -0.0859, weight: 0.5),
        .init(landmark: 385, x: 0.7367, y: 0.2531, depth: -0.0948, weight: 0.5),
        .init(landmark: 387, x: 0.8263, y: 0.2571, depth: -0.0774, weight: 0.5),
        .init(landmark: 389, x: 1.0872, y: 0.2161, depth: 0.3200, weight: 0.15),
        .init(landmark: 454, x: 1.0783, y: 0.4743, depth: 0.4444, weight: 0.15),
    ]

    /// Positions of `alignment`'s landmarks in the unit square, by landmark.
    static let places = Dictionary(uniqueKeysWithValues: alignment.map { ($0.landmark, Point($0.x, $0.y)) })

    /// Points that expression hardly moves (forehead, bridge and tip of the nose, temples, eye corners), for the pose.
    static let rigid: [Vertex] = [
        .init(landmark: 10, x: 0.5000, y: -0.1750, depth: -0.1604, weight: 1),
        .init(landmark: 151, x: 0.5000, y: -0.0490, depth: -0.1906, weight: 1),
        .init(landmark: 9, x: 0.5000, y: 0.0698, depth: -0.2073, weight: 1),
        .init(landmark: 8, x: 0.5000, y: 0.1512, depth: -0.1973, weight: 1),
        .init(landmark: 168, x: 0.5000, y: 0.2383, depth: -0.1990, weight: 1),
        .init(landmark: 6, x: 0.5000, y: 0.3135, depth: -0.2364, weight: 1),
        .init(landmark: 197, x: 0.5000, y: 0.3728, depth: -0.2812, weight: 1),
        .init(landmark: 195, x: 0.5000, y: 0.4251, depth: -0.3268, weight: 1),
        .init(landmark: 5, x: 0.5000, y: 0.4814, depth: -0.3745, weight: 1),
        .init(landmark: 4, x: 0.5000, y: 0.5523, depth: -0.3966, weight: 1),
        .init(landmark: 127, x: -0.0891, y: 0.3501, depth: 0.4058, weight: 1),
        .init(landmark: 356, x: 1.0891, y: 0.3501, depth: 0.4058, weight: 1),
        .init(landmark: 234, x: -0.0783, y: 0.4743, depth: 0.4444, weight: 1),
        .init(landmark: 454, x: 1.0783, y: 0.4743, depth: 0.4444, weight: 1),
        .init(landmark: 93, x: -0.0634, y: 0.6001, depth: 0.4494, weight: 1),
        .init(landmark: 323, x: 1.0634, y: 0.6001, depth: 0.4494, weight: 1),
        .init(landmark: 33, x: 0.1175, y: 0.2957, depth: -0.0189, weight: 1),
        .init(landmark: 133, x: 0.3604, y: 0.3161, depth: -0.0696, weight: 1),
        .init(landmark: 362, x: 0.6396, y: 0.3161, depth: -0.0696, weight: 1),
        .init(landmark: 263, x: 0.8825, y: 0.2957, depth: -0.0189, weight: 1),
        .init(landmark: 103, x: 0.0633, y: -0.0876, depth: -0.0002, weight: 1),
        .init(landmark: 332, x: 0.9367, y: -0.0876, depth: -0.0002, weight: 1),
        .init(landmark: 54, x: -0.0188, y: -0.0029, depth: 0.1071, weight: 1),
        .init(landmark: 284, x: 1.0188, y: -0.0029, depth: 0.1071, weight: 1),
        .init(landmark: 67, x: 0.1924, y: -0.1444, depth: -0.0943, weight: 1),
        .init(landmark: 297, x: 0.8076, y: -0.1444, depth: -0.0943, weight: 1),
        .init(landmark: 109, x: 0.3340, y: -0.1709, depth: -0.1485, weight: 1),
        .init(landmark: 338, x: 0.6660, y: -0.1709, depth: -0.1485, weight: 1),
        .init(landmark: 21, x: -0.0668, y: 0.1019, depth: 0.2099, weight: 1),
        .init(landmark: 251, x: 1.0668, y: 0.1019, depth: 0.2099, weight: 1),
    ]
}
