import Faces

/// Gives tracks numbers that no earlier run of the clip has used; and lets a track that was cut by an interruption go on
/// under its number.
struct TrackNumbers {
    private var next: Int
    private var numbers: [Int: Int] = [:]
    /// Faces of the last frame before the interruption, by their numbers; empty once the first frame after it was seen.
    private var before: [(number: Int, box: Box)]

    /// - Parameters:
    ///   - next: the lowest number that is free.
    ///   - before: the last committed frame's faces, if that frame directly precedes the next one.
    init(next: Int, before: [ObservedFace]) {
        self.next = next
        self.before = before.map { ($0.track, $0.box) }
    }

    mutating func renumber(_ faces: [ObservedFace]) -> [ObservedFace] {
        defer { before = [] }
        return faces.map { face in
            var face = face
            face.track = number(for: face)
            return face
        }
    }

    private mutating func number(for face: ObservedFace) -> Int {
        if let known = numbers[face.track] { return known }
        let best = before.indices.max { before[$0].box.overlap(face.box) < before[$1].box.overlap(face.box) }
        if let best, before[best].box.overlap(face.box) > 0.4 {
            numbers[face.track] = before.remove(at: best).number
        } else {
            numbers[face.track] = next
            next += 1
        }
        return numbers[face.track] ?? next
    }
}
