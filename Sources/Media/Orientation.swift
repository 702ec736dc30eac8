import CFFmpeg

/// The orientation of a stored picture: the eight symmetries of a rectangle.
enum Orientation: Int, Sendable {
    // Raw values as in EXIF.
    case upright = 1, mirrored, halfTurn, flipped, transposed, clockwise, transverse, counterclockwise

    /// Whether width and height are swapped.
    var swapsSides: Bool { rawValue >= 5 }

    /// Rotation in degrees clockwise, ignoring mirroring.
    var degrees: Int {
        switch self {
        case .upright, .mirrored, .flipped: 0
        case .halfTurn: 180
        case .clockwise, .transposed: 90
        case .counterclockwise, .transverse: 270
        }
    }

    /// The FFmpeg filters that make the picture upright; `nil` if none is needed.
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

    /// From the display matrix of ISO 14496-12, which maps stored (x, y) to displayed (a·x + c·y, b·x + d·y). Other angles are
    /// rounded to the nearest multiple of 90°.
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
