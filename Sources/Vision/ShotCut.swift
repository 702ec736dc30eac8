import Pictures

/// Detects shot cuts from coarse brightness.
///
/// Each frame is reduced to the mean brightness of 16 × 9 fields. A cut is a frame whose fields differ from those of the
/// frame before by much more than the preceding frames differed among themselves. A change that preserves the pattern of
/// the fields may be a change of light: a flash, or a lamp.
struct ShotCut {
    enum Decision: Equatable {
        case sameShot
        /// A sudden change that may be a cut between similar pictures, or a light that is switched on.
        case doubtful
        /// As large as a cut, but with the same pattern: a flash, unless the faces contradict it.
        case relit
        case cut
    }

    private var fields: [Float] = []
    /// Fields of the shot's last frames, the oldest first.
    private var earlier: [[Float]] = []
    /// Running mean of the differences within the shot.
    private var usual = Self.usualAtStart
    /// Whether the last frame's light differs suddenly from that of the frame before.
    private(set) var isRelit = false
    /// Whether the picture has been replaced within a few frames, as in a crossfade, a wipe or a pan.
    private(set) var hasDrifted = false

    private static let usualAtStart: Float = 2

    mutating func classify(_ picture: Picture) -> Decision {
        let previous = fields
        fields = Self.fields(of: picture)
        (isRelit, hasDrifted) = (false, false)
        guard previous.count == fields.count, !fields.isEmpty else {
            beginShot()
            return previous.isEmpty ? .sameShot : .cut
        }
        let difference = Self.difference(previous, fields)
        let hasSamePattern = Self.correlation(previous, fields) > Self.samePattern
        isRelit = hasSamePattern && abs(Self.mean(fields) - Self.mean(previous)) > Self.relit
        // Measured between frames of one shot: 0.2 to 5.3, up to 8 times the mean; between clips of the same set-up: at
        // least 15.
        if difference > max(14, 6 * usual) {
            beginShot()
            return hasSamePattern ? .relit : .cut
        }
        let decision: Decision = difference > max(4, 3 * usual) ? .doubtful : .sameShot
        if let oldest = earlier.first {
            hasDrifted = Self.difference(oldest, fields) > max(Self.drift, Self.usualDrift * usual)
        }
        earlier.append(previous)
        if earlier.count > Self.memory { earlier.removeFirst() }
        // A single jump does not raise the mean.
        usual = 0.9 * usual + 0.1 * min(difference, 3 * usual)
        return decision
    }

    /// Resets the mean difference, which does not apply to the next shot.
    mutating func beginShot() { (usual, earlier) = (Self.usualAtStart, []) }

    /// Correlation of two frames' fields above which both contain the same picture in another light.
    private static let samePattern: Float = 0.9
    /// Least change of the whole picture's brightness, in levels, of a change of light.
    private static let relit: Float = 6

    /// Number of frames over which a transition is detected.
    private static let memory = 8
    /// Difference over that many frames: 2 to 6 in static shots.
    private static let drift: Float = 10
    private static let usualDrift: Float = 5

    private static func difference(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(a.count)
    }

    private static func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }

    /// 0 if one of them is constant.
    private static func correlation(_ a: [Float], _ b: [Float]) -> Float {
        let (meanA, meanB) = (mean(a), mean(b))
        var (ab, aa, bb) = (Float(0), Float(0), Float(0))
        for (x, y) in zip(a, b) {
            let (u, v) = (x - meanA, y - meanB)
            (ab, aa, bb) = (ab + u * v, aa + u * u, bb + v * v)
        }
        let least = Float(a.count)
        return aa > least && bb > least ? ab / (aa * bb).squareRoot() : 0
    }

    /// Mean of the green channel (near to luma) over 16 × 9 fields, from about 64 samples each.
    private static func fields(of picture: Picture) -> [Float] {
        let (columns, rows, samples) = (16, 9, 8)
        guard picture.width >= columns, picture.height >= rows else { return [] }
        return picture.pixels.withUnsafeBufferPointer { pixels in
            (0..<columns * rows).map { field in
                var sum = 0
                for sample in 0..<samples * samples {
                    let x =
                        ((field % columns) * samples + sample % samples) * picture.width / (columns * samples)
                    let y =
                        ((field / columns) * samples + sample / samples) * picture.height / (rows * samples)
                    sum += Int(pixels[(y * picture.width + x) * 3 + 1])
                }
                return Float(sum) / Float(samples * samples)
            }
        }
    }
}
