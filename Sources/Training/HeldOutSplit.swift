/// Split of a face set into training, validation and test faces.
///
/// The last tenth of each clip, by time, is held out. Alignment and measures are smoothed along a track, so
/// that faces within the smoothing's range of a training face are not independent of it: they belong to no
/// part. The rest of a clip goes to validation first and, after another such gap, to testing; a clip too
/// short for both goes entirely to one of them, alternately.
struct HeldOutSplit: Equatable {
    private(set) var training: [Int] = []
    /// Selects the best model and ends training.
    private(set) var validation: [Int] = []
    /// Used for the reported metrics only.
    private(set) var test: [Int] = []

    /// Minimum number of faces for a metric.
    static let fewest = 4

    /// Position of a face in its footage.
    struct Place {
        var clip: Int32
        var track: Int32
        var frame: Int32
        var time: Double
    }

    /// - Parameter reach: number of frames along a track over which smoothing mixes neighbouring faces.
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

    /// Number of faces before a boundary that are searched for neighbours within reach: several people may
    /// share a clip.
    private static func compared(_ reach: Int) -> Int { 8 * (reach + 1) }
}

/// Part of the held-out faces that a metric is computed on.
enum HeldOutPart {
    case validation, test
}
