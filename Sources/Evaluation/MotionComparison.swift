import Faces
import Pictures

/// Agreement of the motion of mouth and eyes between output and target, by optical flow alone: a network that was trained
/// on a landmarker's measures must not be evaluated by that landmarker only.
///
/// Both clips are cropped by the output's alignment of each frame. The mean over the region is subtracted from the flow
/// between consecutive frames; the rest is opening and closing. Over the clip the agreement is 2 Σ a·b / (Σ a² + Σ b²): 1
/// for equal motion, 0 for unrelated motion or none.
struct MotionComparison {
    private static let size = 96
    private var previous: (output: Plane, target: Plane, shot: Int)?
    private var mouth = Sums()
    private var eyes = Sums()

    fileprivate struct Sums {
        var (products, squares) = (0.0, 0.0)
        var agreement: Double? { squares > 0 ? 2 * products / squares : nil }
    }

    var mouthMotion: Double? { mouth.agreement }
    var eyeMotion: Double? { eyes.agreement }

    /// - Parameters:
    ///   - face: the output's face; `nil` if none was detected.
    ///   - shot: number of the frame's shot.
    mutating func add(output: Picture, target: Picture, face: ObservedFace?, shot: Int) {
        guard let face else { return previous = nil }
        let transform = face.alignment.crop(.full, size: Self.size)
        func cut(_ picture: Picture) -> Plane {
            picture.crop(transform, width: Self.size, height: Self.size).luma.blurred(sigma: 0.8)
        }
        let current = (output: cut(output), target: cut(target), shot: shot)
        defer { previous = current }
        guard let previous, previous.shot == shot else { return }
        let new = OpticalFlow(from: previous.output, to: current.output)
        let old = OpticalFlow(from: previous.target, to: current.target)
        mouth.add(
            new, old,
            in: FaceMask.mouth(landmarks: face.landmarks, transform: transform, size: Self.size))
        eyes.add(
            new, old, in: FaceMask.eyes(landmarks: face.landmarks, transform: transform, size: Self.size))
    }
}

extension MotionComparison.Sums {
    fileprivate mutating func add(_ new: OpticalFlow, _ old: OpticalFlow, in region: Plane) {
        let inside = region.values.indices.filter { region.values[$0] > 0.5 }
        func centred(_ plane: Plane) -> [Double] {
            let values = inside.map { Double(plane.values[$0]) }
            let middle = mean(values) ?? 0
            return values.map { $0 - middle }
        }
        for (a, b) in [(new.x, old.x), (new.y, old.y)] {
            for (one, other) in zip(centred(a), centred(b)) {
                products += one * other
                squares += one * one + other * other
            }
        }
    }
}
