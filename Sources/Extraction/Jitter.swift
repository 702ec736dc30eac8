import Faces
import Workspace

/// Jitter of crops: root mean square of the second differences of the face centre along its track, as a fraction of the face
/// width.
package struct Jitter: Sendable, Codable, Equatable {
    /// Jitter of the measured alignments.
    package var raw = 0.0
    /// Jitter of the smoothed alignments, which are used for the crops.
    package var smoothed = 0.0
    /// Number of frames with a neighbour on both sides.
    package var frames = 0

    package init() {}

    /// - Parameters:
    ///   - places: locations of the faces of a clip.
    ///   - every: step between analysed frames.
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
