/// Which faces of a set train a network, which choose and stop it, and which its figures are reported on.
///
/// The last tenth of each clip, by time, is kept from training. Alignment and measures are smoothed along a track, so that
/// faces within the smoothing's reach of a training face are not independent of it: they belong to no part. What remains of
/// a clip is validated on first and, behind another such gap, reported on; a clip with too little for both gives all to
/// one of them, by turns.
struct HeldOutSplit: Equatable {
    private(set) var training: [Int] = []
    /// Chooses the best model and ends a training.
    private(set) var validation: [Int] = []
    /// Is looked at for the report alone.
    private(set) var test: [Int] = []

    /// Fewer faces than these give no figure.
    static let fewest = 4

    /// A face's place in its footage.
    struct Place {
        var clip: Int32
        var track: Int32
        var frame: Int32
        var time: Double
    }

    /// - Parameter reach: frames along a track over which smoothing carries what one face shows.
    init(_ places: [Place], reach: Int) {
        let clips = Dictionary(grouping: places.indices) { places[$0].clip }
        var validatesNext = true
        for (_, faces) in clips.sorted(by: { $0.key < $1.key }) {
            let ordered = faces.sorted { (places[$0].time, $0) < (places[$1].time, $1) }
            let kept = ordered.count / 10
            training += ordered.dropLast(kept)
            func isApart(_ face: Int, from others: some Sequence<Int>) -> Bool {
                !others.contains {
                    places[$0].track == places[face].track
                        && abs(Int(places[$0].frame) - Int(places[face].frame)) <= reach
                }
            }
            let near = ordered.dropLast(kept).suffix(Self.compared(reach))
            let free = ordered.suffix(kept).filter { isApart($0, from: near) }
            let last = free.suffix(free.count / 2)
            let first = free.dropLast(free.count / 2).filter { isApart($0, from: last) }
            if !first.isEmpty, !last.isEmpty {
                validation += first
                test += last
            } else if !free.isEmpty {
                if validatesNext { validation += free } else { test += free }
                validatesNext.toggle()
            }
        }
        if validation.count < Self.fewest { validation = [] }
        if test.count < Self.fewest { test = [] }
    }

    /// Faces before a boundary among which those within reach are looked for: several people may share a clip.
    private static func compared(_ reach: Int) -> Int { 8 * (reach + 1) }
}

/// The part of the held-out faces that a figure is made on.
enum HeldOutPart {
    case validation, test
}
