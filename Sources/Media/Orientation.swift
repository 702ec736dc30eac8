import CFFmpeg

/// How a stored picture has to be turned to stand upright: the eight ways in which a rectangle fits itself.
enum Orientation: Int, Sendable {
    // The raw values are EXIF's.
    case upright = 1, mirrored, halfTurn, flipped, transposed, clockwise, transverse, counterclockwise

    /// Whether width and height change places.
    var swapsSides: Bool { rawValue >= 5 }

    /// Degrees clockwise, mirrors left out.
    var degrees: Int {
        switch self {
        case .upright, .mirrored, .flipped: 0
        case .halfTurn: 180
        case .clockwise, .transposed: 90
        case .counterclockwise, .transverse: 270
        }
    }

    /// The corresponding chain of FFmpeg's filters; nil where nothing needs doing.
    var filters: String? {
        switch self {
        case .upright: nil
        case .mirrored: "hflip"
        case .halfTurn: "hflip,vflip"
        case .flipped: "vflip"
        case .transposed: "transpose=dir=cclock_flip"
        case .clockwise: "transpose=dir=clock"
        case .transverse: "transpose=dir=clock_flip"
        case .counterclockwise: "transpose=dir=cclock"
        }
    }

    /// From the display matrix of ISO 14496-12, which maps stored (x, y) to shown (a·x + c·y, b·x + d·y).
    /// Angles between the right ones are taken as the nearest.
    ///
    /// - Parameter matrix: a, b, u, c, d, v, x, y, w.
    init(displayMatrix matrix: UnsafePointer<Int32>) {
        let (a, b, c, d) = (matrix[0], matrix[1], matrix[3], matrix[4])
        if abs(Int(a)) + abs(Int(d)) >= abs(Int(b)) + abs(Int(c)) {
            self = a < 0 ? (d < 0 ? .halfTurn : .mirrored) : (d < 0 ? .flipped : .upright)
        } else {
            self = b < 0 ? (c < 0 ? .transverse : .counterclockwise) : (c < 0 ? .clockwise : .transposed)
        }
    }
}
