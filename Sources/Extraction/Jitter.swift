import Faces
import Workspace

/// How much crops tremble: the root mean square of second differences of the aligned face's centre along its track, in
/// fractions of the face's width.
package struct Jitter: Sendable, Codable, Equatable {
    /// By the alignments as measured.
    package var raw = 0.0
    /// By the steadied ones, which the crops are cut by.
    package var smoothed = 0.0
    /// Frames that have a neighbour on both sides.
    package var frames = 0

    package init() {}

    /// - Parameters:
    ///   - places: a clip's faces.
    ///   - every: frames from one that was looked at to the next.
    init(_ places: [FaceLocation], every: Int) {
        for track in Dictionary(grouping: places, by: \.track).values {
            let faces = track.sorted { $0.frame < $1.frame }
            for (index, face) in faces.enumerated().dropFirst().dropLast() {
                let (before, after) = (faces[index - 1], faces[index + 1])
                guard face.frame - before.frame == every, after.frame - face.frame == every else { continue }
                raw += Self.square(before.alignment, face.alignment, after.alignment)
                smoothed += Self.square(
                    before.steady ?? before.alignment, face.steady ?? face.alignment,
                    after.steady ?? after.alignment)
                frames += 1
            }
        }
        guard frames > 0 else { return }
        (raw, smoothed) = ((raw / Double(frames)).squareRoot(), (smoothed / Double(frames)).squareRoot())
    }

    private static func square(_ before: FaceAlignment, _ now: FaceAlignment, _ after: FaceAlignment)
        -> Double
    {
        let bend = (before.centre + after.centre - now.centre * 2).length / now.faceWidth
        return bend * bend
    }
}
