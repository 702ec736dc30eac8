import Faces
import Workspace

/// Joins the tracks of a clip's segments: a track that goes on behind a seam keeps its number, every other one gets a number
/// that the clip has not used.
///
/// In photographs every face has a track of its own. A face goes on as one of the segment before when it lies near the place where that was last seen, a few frames ago at most,
/// no cut lies between, and it does not look like somebody else.
struct TrackNumbers {
    private let every: Int
    private var next: Int
    /// Each track's last detection in the segment before.
    private var ends: [End]

    private struct End {
        let number: Int
        let frame: Int
        let box: Box
        let embedding: Embedding?
    }

    /// Frames looked at within which a face that was lost may come back: `AnalysisSettings.patience`.
    private static let patience = 12
    /// Cosine below which two faces that lie at the same place are not one person's. Two look-alikes reach 0.7; a face that is
    /// less like itself a few frames ago only gets a second track.
    private static let stranger: Float = 0.7

    /// - Parameters:
    ///   - next: the lowest number that is free.
    ///   - before: the faces of the segment before the next one, by their numbers.
    ///   - every: frames of the clip from one that is looked at to the next.
    init(next: Int, before: [FaceRecord], every: Int) {
        self.next = next
        self.every = max(1, every)
        ends = Self.ends(before.map { ($0.frame, $0.face) })
    }

    /// The segment's faces with their tracks' numbers in the clip. Segments come one after the other.
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
        return before.cosine(now) >= Self.stranger
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
