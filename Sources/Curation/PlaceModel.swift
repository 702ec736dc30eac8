import Workspace

/// Model of the expected colour at each position of a person's face, fitted to the faces of a set. Detects occlusions such as
/// hands although they have skin colour.
///
/// For each of 32 × 32 positions, a robust linear regression over yaw and pitch (iteratively reweighted least squares with
/// Cauchy weights, Holland and Welsch 1977) and the median residual.
struct PlaceModel {
    /// Minimum number of faces.
    static let fewest = 30
    /// Maximum number of faces for the fit, sampled evenly from larger sets.
    static let most = 2000
    /// A position is occluded if its residual exceeds `limit` (units of L*a*b*) plus `spreads` times the median residual.
    private static let (limit, spreads): (Float, Float) = (4, 3)

    private let expected: [PlaceFit.Solution]
    /// Median residual at each position; `nil` if too few faces show skin there.
    private let usual: [Float?]

    init(_ faces: [FaceFields]) {
        var expected: [PlaceFit.Solution] = []
        var usual: [Float?] = []
        for place in 0..<FaceFields.count {
            let there = faces.filter { $0.isSkin[place] }
            let fit = Self.fit(there, place)
            expected.append(fit)
            let distances = there.map { Self.distance($0, place, fit) }.sorted()
            let isKnown = there.count > max(5, faces.count / 20)
            usual.append(isKnown ? distances[distances.count / 2] : nil)
        }
        (self.expected, self.usual) = (expected, usual)
    }

    /// Occlusion score: share of the skin, at positions with enough data, whose colour deviates from the model, 0…1.
    func occlusionScore(of face: FaceFields) -> Double {
        var (known, occluded) = (0, 0)
        for place in 0..<FaceFields.count where face.isSkin[place] {
            guard let usual = usual[place] else { continue }
            known += 1
            if Self.distance(face, place, expected[place]) > Self.limit + Self.spreads * usual {
                occluded += 1
            }
        }
        return known > 0 ? Double(occluded) / Double(known) : 0
    }

    private static func fit(_ faces: [FaceFields], _ place: Int) -> PlaceFit.Solution {
        var solution: PlaceFit.Solution?
        for _ in 0..<4 {
            var fit = PlaceFit()
            for face in faces {
                let far = solution.map { distance(face, place, $0) / limit } ?? 0
                fit.add(face.terms, face.colours[place], weight: 1 / (1 + far * far))
            }
            solution = fit.solution(ridge: SIMD3(1e-3, 2, 2))
        }
        return solution ?? PlaceFit().solution(ridge: .one)
    }

    private static func distance(_ face: FaceFields, _ place: Int, _ fit: PlaceFit.Solution) -> Float {
        let off = face.colours[place] - fit(face.terms)
        return (off * off).sum().squareRoot()
    }
}

extension SetCuration {
    /// Computes the occlusion scores if there are faces without one, as after an extraction.
    package func computeMissingOcclusionScores() throws {
        let isMissing = try faces().contains {
            $0.rejection == nil && $0.cropFile != nil && $0.occlusionScore == nil
        }
        if isMissing { try computeOcclusionScores() }
    }

    /// Computes the occlusion scores of all faces of the packed copy and stores them in the index.
    ///
    /// - Returns: number of faces with a score; 0 if the set is too small for the model.
    @discardableResult
    package func computeOcclusionScores() throws -> Int {
        let set = try PackedSet(mapping: workspace.packed(set: name))
        guard set.count >= PlaceModel.fewest else { return 0 }
        let poses = try set.file.values("pose", as: Float.self)
        var read = 0
        func fields(_ face: Int) throws -> FaceFields {
            try Task.checkCancellation()
            // The packed copy can be larger than memory.
            read += 1
            if read % 256 == 0 { set.file.releasePages() }
            return try FaceFields(face, of: set, pose: (poses[3 * face], poses[3 * face + 1]))
        }
        let step = max(1, (set.count + PlaceModel.most - 1) / PlaceModel.most)
        let model = PlaceModel(try stride(from: 0, to: set.count, by: step).map(fields))
        let (clips, frames) = (
            try set.file.values("clip", as: Int32.self), try set.file.values("frame", as: Int32.self)
        )
        let tracks = try set.file.values("track", as: Int32.self)
        var ids: [[Int]: Int64] = [:]
        for face in try faces() { ids[[Int(face.clip), face.frame, face.track]] = face.id }
        var found: [Int64: Double] = [:]
        for face in 0..<set.count {
            guard let id = ids[[Int(clips[face]), Int(frames[face]), Int(tracks[face])]] else { continue }
            found[id] = model.occlusionScore(of: try fields(face))
        }
        try workspace.index.enter(occlusionScores: found)
        return found.count
    }
}
