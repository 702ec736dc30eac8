import Pictures

/// Tells where one shot ends and another begins, from coarse brightness.
///
/// Each frame is reduced to the mean brightness of 16 × 9 fields. A cut is a frame whose fields differ from those of the
/// frame before by much more than the frames before it differed among themselves.
struct ShotCut {
    enum Judgement: Equatable {
        case sameShot
        /// A sudden change that may be a cut between similar pictures, or a light going on.
        case doubtful
        case cut
    }

    private var fields: [Float] = []
    /// Running mean of the differences within the shot.
    private var usual: Float = 2

    mutating func judge(_ picture: Picture) -> Judgement {
        let previous = fields
        fields = Self.fields(of: picture)
        guard previous.count == fields.count, !fields.isEmpty else {
            usual = 2
            return previous.isEmpty ? .sameShot : .cut
        }
        let difference =
            zip(previous, fields).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(fields.count)
        // Measured between frames of one shot: 0.2 to 5.3, up to 8 times the usual; between clips of the same set-up: 15 up.
        if difference > max(14, 6 * usual) {
            usual = 2
            return .cut
        }
        let judgement: Judgement = difference > max(4, 3 * usual) ? .doubtful : .sameShot
        usual = 0.9 * usual + 0.1 * difference
        return judgement
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
