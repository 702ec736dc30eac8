/// The mean of our own faces: the shape to which faces are aligned and against which the head's pose is measured.
///
/// Made by `Scripts/make-mean-face.py`: the landmarks of the performers' near-frontal frames with a closed mouth and open
/// eyes, brought onto each other by generalised Procrustes analysis in three dimensions (Gower 1975), averaged with equal
/// weight for each person, made mirror-symmetric.
///
/// Unit: the mean face's unit square. x runs from one outer brow end (0) to the other (1), y downwards, with the middle
/// of brows and lips at (0.5, 0.5); depth has the same unit, grows away from the camera, and is 0 at the mean of `rigid`.
/// The face's oval reaches from −0.09 to 1.09 across and from −0.18 to 1.24 down.
enum MeanFace {
    struct Vertex: Sendable {
        let landmark: Int
        let x: Double
        let y: Double
        let depth: Double
        let weight: Double
    }

    /// Inner landmarks for alignment (brows, nose, eyes, upper lip), with weights: the more a point moves with the
    /// expression, the less it counts. The lower lip and the jaw are left out. Measured on the performers, talking moves
    /// the crop's scale by 0.5 % (standard deviation) where equal weights for 51 points give 2.2 %.
    static let alignment: [Vertex] = [
        .init(landmark: 70, x: 0.0000, y: 0.1314, depth: -0.0002, weight: 0.3),
        .init(landmark: 63, x: 0.0479, y: 0.0709, depth: -0.0657, weight: 0.3),
        .init(landmark: 105, x: 0.1259, y: 0.0343, depth: -0.1244, weight: 0.3),
        .init(landmark: 66, x: 0.2352, y: 0.0294, depth: -0.1738, weight: 0.3),
        .init(landmark: 107, x: 0.3656, y: 0.0431, depth: -0.2001, weight: 0.3),
        .init(landmark: 336, x: 0.6344, y: 0.0431, depth: -0.2001, weight: 0.3),
        .init(landmark: 296, x: 0.7648, y: 0.0294, depth: -0.1738, weight: 0.3),
        .init(landmark: 334, x: 0.8741, y: 0.0343, depth: -0.1244, weight: 0.3),
        .init(landmark: 293, x: 0.9521, y: 0.0709, depth: -0.0657, weight: 0.3),
        .init(landmark: 300, x: 1.0000, y: 0.1314, depth: -0.0002, weight: 0.3),
        .init(landmark: 168, x: 0.5000, y: 0.2321, depth: -0.1988, weight: 1),
        .init(landmark: 197, x: 0.5000, y: 0.3662, depth: -0.2809, weight: 1),
        .init(landmark: 5, x: 0.5000, y: 0.4746, depth: -0.3747, weight: 1),
        .init(landmark: 4, x: 0.5000, y: 0.5451, depth: -0.3968, weight: 1),
        .init(landmark: 75, x: 0.4016, y: 0.6423, depth: -0.2209, weight: 1),
        .init(landmark: 97, x: 0.4388, y: 0.6683, depth: -0.2365, weight: 1),
        .init(landmark: 2, x: 0.5000, y: 0.6697, depth: -0.2511, weight: 1),
        .init(landmark: 326, x: 0.5612, y: 0.6683, depth: -0.2365, weight: 1),
        .init(landmark: 305, x: 0.5984, y: 0.6423, depth: -0.2209, weight: 1),
        .init(landmark: 33, x: 0.1175, y: 0.2877, depth: -0.0191, weight: 3),
        .init(landmark: 160, x: 0.1736, y: 0.2486, depth: -0.0774, weight: 0.5),
        .init(landmark: 158, x: 0.2637, y: 0.2445, depth: -0.0946, weight: 0.5),
        .init(landmark: 133, x: 0.3604, y: 0.3085, depth: -0.0693, weight: 3),
        .init(landmark: 153, x: 0.2732, y: 0.3248, depth: -0.0858, weight: 0.5),
        .init(landmark: 144, x: 0.1824, y: 0.3247, depth: -0.0703, weight: 0.5),
        .init(landmark: 362, x: 0.6396, y: 0.3085, depth: -0.0693, weight: 3),
        .init(landmark: 385, x: 0.7363, y: 0.2445, depth: -0.0946, weight: 0.5),
        .init(landmark: 387, x: 0.8264, y: 0.2486, depth: -0.0774, weight: 0.5),
        .init(landmark: 263, x: 0.8825, y: 0.2877, depth: -0.0191, weight: 3),
        .init(landmark: 373, x: 0.8176, y: 0.3247, depth: -0.0703, weight: 0.5),
        .init(landmark: 380, x: 0.7268, y: 0.3248, depth: -0.0858, weight: 0.5),
        .init(landmark: 61, x: 0.2879, y: 0.8622, depth: -0.0919, weight: 0.5),
        .init(landmark: 39, x: 0.3774, y: 0.7974, depth: -0.2165, weight: 0.5),
        .init(landmark: 37, x: 0.4382, y: 0.7771, depth: -0.2473, weight: 0.5),
        .init(landmark: 0, x: 0.5000, y: 0.7887, depth: -0.2552, weight: 0.5),
        .init(landmark: 267, x: 0.5618, y: 0.7771, depth: -0.2473, weight: 0.5),
        .init(landmark: 269, x: 0.6226, y: 0.7974, depth: -0.2165, weight: 0.5),
        .init(landmark: 291, x: 0.7121, y: 0.8622, depth: -0.0919, weight: 0.5),
        .init(landmark: 78, x: 0.3101, y: 0.8610, depth: -0.1072, weight: 0.5),
        .init(landmark: 82, x: 0.4494, y: 0.8478, depth: -0.1987, weight: 0.5),
        .init(landmark: 13, x: 0.5000, y: 0.8498, depth: -0.2049, weight: 0.5),
        .init(landmark: 312, x: 0.5506, y: 0.8478, depth: -0.1987, weight: 0.5),
        .init(landmark: 308, x: 0.6899, y: 0.8610, depth: -0.1072, weight: 0.5),
    ]

    /// Points that expression hardly moves (forehead, bridge and tip of the nose, temples, eye corners), for the pose.
    static let rigid: [Vertex] = [
        .init(landmark: 10, x: 0.5000, y: -0.1802, depth: -0.1591, weight: 1),
        .init(landmark: 151, x: 0.5000, y: -0.0546, depth: -0.1897, weight: 1),
        .init(landmark: 9, x: 0.5000, y: 0.0640, depth: -0.2073, weight: 1),
        .init(landmark: 8, x: 0.5000, y: 0.1452, depth: -0.1975, weight: 1),
        .init(landmark: 168, x: 0.5000, y: 0.2321, depth: -0.1988, weight: 1),
        .init(landmark: 6, x: 0.5000, y: 0.3070, depth: -0.2361, weight: 1),
        .init(landmark: 197, x: 0.5000, y: 0.3662, depth: -0.2809, weight: 1),
        .init(landmark: 195, x: 0.5000, y: 0.4184, depth: -0.3268, weight: 1),
        .init(landmark: 5, x: 0.5000, y: 0.4746, depth: -0.3747, weight: 1),
        .init(landmark: 4, x: 0.5000, y: 0.5451, depth: -0.3968, weight: 1),
        .init(landmark: 127, x: -0.0905, y: 0.3414, depth: 0.4047, weight: 1),
        .init(landmark: 356, x: 1.0905, y: 0.3414, depth: 0.4047, weight: 1),
        .init(landmark: 234, x: -0.0792, y: 0.4655, depth: 0.4425, weight: 1),
        .init(landmark: 454, x: 1.0792, y: 0.4655, depth: 0.4425, weight: 1),
        .init(landmark: 93, x: -0.0639, y: 0.5912, depth: 0.4468, weight: 1),
        .init(landmark: 323, x: 1.0639, y: 0.5912, depth: 0.4468, weight: 1),
        .init(landmark: 33, x: 0.1175, y: 0.2877, depth: -0.0191, weight: 1),
        .init(landmark: 133, x: 0.3604, y: 0.3085, depth: -0.0693, weight: 1),
        .init(landmark: 362, x: 0.6396, y: 0.3085, depth: -0.0693, weight: 1),
        .init(landmark: 263, x: 0.8825, y: 0.2877, depth: -0.0191, weight: 1),
        .init(landmark: 103, x: 0.0634, y: -0.0937, depth: 0.0006, weight: 1),
        .init(landmark: 332, x: 0.9366, y: -0.0937, depth: 0.0006, weight: 1),
        .init(landmark: 54, x: -0.0192, y: -0.0097, depth: 0.1078, weight: 1),
        .init(landmark: 284, x: 1.0192, y: -0.0097, depth: 0.1078, weight: 1),
        .init(landmark: 67, x: 0.1926, y: -0.1500, depth: -0.0931, weight: 1),
        .init(landmark: 297, x: 0.8074, y: -0.1500, depth: -0.0931, weight: 1),
        .init(landmark: 109, x: 0.3342, y: -0.1761, depth: -0.1473, weight: 1),
        .init(landmark: 338, x: 0.6658, y: -0.1761, depth: -0.1473, weight: 1),
        .init(landmark: 21, x: -0.0678, y: 0.0945, depth: 0.2101, weight: 1),
        .init(landmark: 251, x: 1.0678, y: 0.0945, depth: 0.2101, weight: 1),
    ]
}
