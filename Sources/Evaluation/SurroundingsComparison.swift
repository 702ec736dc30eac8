import Faces
import Foundation
import Pictures

/// Measures the changes outside the face: the rest of the frame, and the edge of the swapped face.
struct SurroundingsComparison {
    /// Excluded parts of the frame, such as the label.
    let excluded: [PixelRegion]
    private var squares = 0.0
    private var count = 0.0
    private var greatest = 0.0
    /// By frame number.
    private(set) var steps: [Int: Double] = [:]
    /// By sector, over all frames.
    private var sectorSteps: [[Double]] = []
    private var energies: [(output: Double, target: Double)] = []

    /// - Parameter excluded: dilated by a few pixels here, because a changed chroma sample also colours its neighbours.
    init(excluded: [PixelRegion]) {
        let margin = 8
        self.excluded = excluded.map {
            PixelRegion(
                x: $0.x - margin, y: $0.y - margin, width: $0.width + 2 * margin,
                height: $0.height + 2 * margin)
        }
    }

    /// - Parameters:
    ///   - number: of the frame.
    ///   - face: the output's face; `nil` if none was detected, in which case the whole frame is compared.
    mutating func add(_ number: Int, output: Picture, target: Picture, face: ObservedFace?) {
        compareOutside(output.byteLuma, target.byteLuma, face: face)
        guard let face, let edge = FaceEdge(face) else { return }
        let (new, old) = (edge.profile(of: output), edge.profile(of: target))
        let lengths = new.steps(against: old)
        steps[number] = mean(lengths.compactMap { $0 })
        if sectorSteps.isEmpty { sectorSteps = lengths.map { _ in [] } }
        for (sector, length) in lengths.enumerated() {
            if let length { sectorSteps[sector].append(length) }
        }
        energies.append((new.energy, old.energy))
    }

    var figures: EvaluationReport.Surroundings? {
        guard count > 0 else { return nil }
        let (new, old) = (mean(energies.map(\.output)), mean(energies.map(\.target)))
        return EvaluationReport.Surroundings(
            outsidePSNR: squares > 0 ? 10 * log10(255 * 255 * count / squares) : nil,
            outsideGreatest: greatest, edgeStep: mean(steps.keys.sorted().compactMap { steps[$0] }),
            worstEdgeStep: sectorSteps.compactMap { mean($0) }.max(),
            edgeEnergyRatio: new.flatMap { new in old.flatMap { $0 > 0 ? new / $0 : nil } })
    }

    /// The area outside the box around the face's hull, extended by an eighth of the face's width to contain the mask's
    /// feather.
    private mutating func compareOutside(_ a: Plane, _ b: Plane, face: ObservedFace?) {
        let inside = face.flatMap { face -> PixelRegion? in
            let margin = face.alignment.faceWidth / 8
            return Box(around: face.landmarks.points.prefix(468)).flatMap { box in
                PixelRegion(
                    Box(
                        x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin,
                        height: box.height + 2 * margin))
            }
        }
        let skipped = excluded + [inside].compactMap { $0 }
        for row in 0..<a.height {
            let ranges = skipped.filter { row >= $0.y && row < $0.y + $0.height }
                .map { $0.x..<$0.x + max(0, $0.width) }
            for column in 0..<a.width where !ranges.contains(where: { $0.contains(column) }) {
                let difference = Double(a.values[row * a.width + column] - b.values[row * a.width + column])
                squares += difference * difference
                count += 1
                greatest = max(greatest, abs(difference))
            }
        }
    }
}

/// The edge of a face, as rings around its hull in a crop.
private struct FaceEdge {
    private static let size = 128
    private static let sectors = 12
    private let transform: SimilarityTransform
    private let inner: Plane
    private let outer: Plane
    private let seam: Plane

    init?(_ face: ObservedFace) {
        let size = Self.size
        transform = face.alignment.crop(.full, size: size)
        let width = face.alignment.faceWidth * transform.scale
        let hull = FaceMask.plane(landmarks: face.landmarks, transform: transform, size: size)
        guard width > 8, hull.mean > 0.01 else { return nil }
        func ring(_ wide: Plane, _ narrow: Plane) -> Plane { wide.combined(with: narrow) { max(0, $0 - $1) } }
        inner = ring(hull.eroded(radius: 0.03 * width), hull.eroded(radius: 0.09 * width))
        outer = ring(hull.dilated(radius: 0.09 * width), hull.dilated(radius: 0.03 * width))
        seam = ring(hull.dilated(radius: 0.03 * width), hull.eroded(radius: 0.03 * width))
    }

    struct Profile {
        /// By sector, the mean L*a*b* inside the edge minus that outside; `nil` if too little of it is in the frame.
        let differences: [SIMD3<Float>?]
        /// Mean absolute gradient of lightness on the edge, per pixel of the crop.
        let energy: Double

        /// By sector, the length of the difference between the steps of two pictures, in units of L*a*b*.
        func steps(against other: Profile) -> [Double?] {
            zip(differences, other.differences).map { pair in
                guard let a = pair.0, let b = pair.1 else { return nil }
                let difference = a - b
                return Double((difference * difference).sum().squareRoot())
            }
        }
    }

    func profile(of picture: Picture) -> Profile {
        let size = Self.size
        let lab = LabPicture(picture.crop(transform, width: size, height: size))
        let (inside, outside) = (colours(lab, in: inner), colours(lab, in: outer))
        var (energy, weight) = (0.0, 0.0)
        for row in 0..<size - 1 {
            for column in 0..<size - 1 where seam.values[row * size + column] > 0 {
                let index = row * size + column
                let across = lab.lightness[index + 1] - lab.lightness[index]
                let down = lab.lightness[index + size] - lab.lightness[index]
                energy += Double((across * across + down * down).squareRoot() * seam.values[index])
                weight += Double(seam.values[index])
            }
        }
        let differences = zip(inside, outside).map { pair in pair.0.flatMap { a in pair.1.map { a - $0 } } }
        return Profile(differences: differences, energy: weight > 0 ? energy / weight : 0)
    }

    private func colours(_ lab: LabPicture, in ring: Plane) -> [SIMD3<Float>?] {
        var sums = [SIMD3<Float>](repeating: .zero, count: Self.sectors)
        var weights = [Float](repeating: 0, count: Self.sectors)
        for (index, amount) in ring.values.enumerated() where amount > 0 {
            let (x, y) = (Double(index % ring.width) - 63.5, Double(index / ring.width) - 63.5)
            let turn = (atan2(y, x) / (2 * .pi) + 1).truncatingRemainder(dividingBy: 1)
            let sector = min(Self.sectors - 1, Int(turn * Double(Self.sectors)))
            sums[sector] += SIMD3(lab.lightness[index], lab.a[index], lab.b[index]) * amount
            weights[sector] += amount
        }
        return zip(sums, weights).map { $1 >= 8 ? $0 / $1 : nil }
    }
}
