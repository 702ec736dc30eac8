import Pictures

/// Finds where one shot ends and another begins, from coarse brightness.
///
/// Each frame is reduced to the mean brightness of 16 × 9 fields. A cut is a frame whose fields differ from those of the
/// frame before by much more than the frames before it differed among themselves. A change that leaves the fields'
/// pattern as it was may be a change of light: a flash, or a lamp.
struct ShotCut {
    enum Judgement: Equatable {
        case sameShot
        /// A sudden change that may be a cut between similar pictures, or a light going on.
        case doubtful
        /// As large as a cut, but in the same pattern: a flash, unless the faces say otherwise.
        case relit
        case cut
    }

    private var fields: [Float] = []
    /// Those of the last frames of the shot, the oldest first.
    private var earlier: [[Float]] = []
    /// Running mean of the differences within the shot.
    private var usual = Self.usualAtStart
    /// Whether the last frame's light differs suddenly from that of the frame before.
    private(set) var isRelit = false
    /// Whether the picture has become another one within a few frames, as in a crossfade, a wipe or a pan.
    private(set) var hasDrifted = false

    private static let usualAtStart: Float = 2

    mutating func judge(_ picture: Picture) -> Judgement {
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
        // Measured between frames of one shot: 0.2 to 5.3, up to 8 times the usual; between clips of the same set-up: 15 up.
        if difference > max(14, 6 * usual) {
            beginShot()
            return hasSamePattern ? .relit : .cut
        }
        let judgement: Judgement = difference > max(4, 3 * usual) ? .doubtful : .sameShot
        if let oldest = earlier.first {
            hasDrifted = Self.difference(oldest, fields) > max(Self.drift, Self.usualDrift * usual)
        }
        earlier.append(previous)
        if earlier.count > Self.memory { earlier.removeFirst() }
        // One leap does not make the next one usual.
        usual = 0.9 * usual + 0.1 * min(difference, 3 * usual)
        return judgement
    }

    /// What was usual in the shot before is no measure for the next one.
    mutating func beginShot() { (usual, earlier) = (Self.usualAtStart, []) }

    /// Correlation of two frames' fields from which both show the same picture in another light.
    private static let samePattern: Float = 0.9
    /// Levels of brightness that a light changes the whole picture by.
    private static let relit: Float = 6

    /// Frames over which a transition is looked for.
    private static let memory = 8
    /// Difference over so many frames: 2 to 6 in shots that stand still.
    private static let drift: Float = 10
    private static let usualDrift: Float = 5

    private static func difference(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(a.count)
    }

    private static func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }

    /// 0 where one of them is even.
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
