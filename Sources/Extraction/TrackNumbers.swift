import Faces
import Workspace

/// Joins the tracks of consecutive segments of a clip: a track that continues in the next segment keeps its number, all
/// others get unused numbers.
///
/// A track continues if the new face is near its last position, within a few frames, without a cut in between, and without a
/// contradicting embedding. In photographs, every face is a separate track.
struct TrackNumbers {
    private let every: Int
    private var next: Int
    /// Last detection of each track in the previous segment.
    private var ends: [End]

    private struct End {
        let number: Int
        let frame: Int
        let box: Box
        let embedding: Embedding?
    }

    /// Maximum gap of a track in analysed frames: `AnalysisSettings.patience`.
    private static let patience = 12
    /// Minimum cosine similarity of two faces of one track at the same position. Similar-looking people can reach 0.7; a lower
    /// similarity of the same person only splits the track.
    private static let minimumSimilarity: Float = 0.7

    /// - Parameters:
    ///   - next: lowest unused track number.
    ///   - before: faces of the previous segment, by track number.
    ///   - every: step between analysed frames.
    init(next: Int, before: [FaceRecord], every: Int) {
        self.next = next
        self.every = max(1, every)
        ends = Self.ends(before.map { ($0.frame, $0.face) })
    }

    /// Converts the local track numbers of a segment to those of the clip. To be called in the order of segments.
    mutating func renumber(_ segment: SegmentResult) -> [SegmentFace] {
        var numbers: [Int: Int] = [:]
        let faces = segment.faces.map { seen in
            var seen = seen
            guard !seen.isAlone else {
                defer { next += 1 }
                seen.face.track = next
                return seen
            }
            let number = numbers[seen.face.track] ?? number(for: seen)
            numbers[seen.face.track] = number
            seen.face.track = number
            return seen
        }
        ends = Self.ends(faces.map { ($0.frame, $0.face) })
        return faces
    }

    private mutating func number(for seen: SegmentFace) -> Int {
        let near = ends.indices.filter { seen.shot == 0 && continues(ends[$0], as: seen) }
        let best = near.min {
            distance(ends[$0], seen) < distance(ends[$1], seen)
        }
        guard let best else {
            defer { next += 1 }
            return next
        }
        return ends.remove(at: best).number
    }

    private func continues(_ end: End, as seen: SegmentFace) -> Bool {
        let gap = (seen.frame - end.frame) / every
        let (size, other) = (side(end.box), side(seen.face.box))
        guard gap <= Self.patience, size > 0, (0.5...2).contains(other / size),
            distance(end, seen) < min(1.5, 0.5 + 0.1 * Double(gap)) * size
        else { return false }
        guard let before = end.embedding, let now = seen.face.embedding else { return true }
        return before.cosine(now) >= Self.minimumSimilarity
    }

    private func distance(_ end: End, _ seen: SegmentFace) -> Double {
        (seen.face.box.centre - end.box.centre).length
    }

    private func side(_ box: Box) -> Double { max(box.width, box.height) }

    private static func ends(_ faces: [(frame: Int, face: ObservedFace)]) -> [End] {
        Dictionary(grouping: faces, by: \.face.track).compactMap { number, faces in
            guard let last = faces.last else { return nil }
            return End(
                number: number, frame: last.frame, box: last.face.box,
                embedding: faces.last { $0.face.embedding != nil }?.face.embedding)
        }
        .sorted { $0.number < $1.number }
    }
}
