import Faces
import Workspace

/// Result of `faces best`.
package struct BestReport: Sendable, Equatable {
    package var candidates = 0
    package var chosen = 0
    package var nearDuplicates = 0
    package var surplus = 0
    /// Number of candidates without a hash, whose duplicates cannot be detected.
    package var unmeasured = 0
    /// Coverage of the candidates and of the chosen faces.
    package var coverage: (all: Coverage, chosen: Coverage)

    package static func == (a: BestReport, b: BestReport) -> Bool {
        (a.candidates, a.chosen, a.nearDuplicates, a.surplus) == (
            b.candidates, b.chosen, b.nearDuplicates, b.surplus
        ) && a.coverage == b.coverage
    }
}

extension SetCuration {
    /// Selects the best faces among the included ones and those excluded by an earlier selection.
    ///
    /// - Returns: the changes and a report.
    package func best(count: Int) throws -> (marks: [FaceMark], report: BestReport) {
        let candidates = try faces().filter {
            ($0.rejection == nil || $0.rejection == .surplus) && $0.cropFile != nil
        }
        let outcome = try CoverageSampler(candidates, expressions: expressions(of: candidates))(count: count)
        let chosen = Set(outcome.chosen)
        let marks = candidates.enumerated().compactMap { place, face -> FaceMark? in
            if chosen.contains(place) {
                return face.rejection == nil ? nil : FaceMark(id: face.id, rejection: nil)
            }
            let remark =
                outcome.duplicates[place].map { "looks like face \(candidates[$0].id)" }
                ?? "others show the same better"
            guard face.rejection == nil || face.remark?.hasSuffix(remark) != true else { return nil }
            return FaceMark(id: face.id, rejection: .surplus, remark: remark)
        }
        let eyes = Coverage.usualEyes(of: candidates)
        let report = BestReport(
            candidates: candidates.count, chosen: chosen.count, nearDuplicates: outcome.duplicates.count,
            surplus: outcome.surplus.count, unmeasured: candidates.count { $0.quality == nil },
            coverage: (
                Coverage(candidates, usualEyes: eyes),
                Coverage(outcome.chosen.map { candidates[$0] }, usualEyes: eyes)
            ))
        return (marks, report)
    }

    /// Expression coefficients of the faces, `[N, 52]` flattened.
    private func expressions(of faces: [FaceSummary]) throws -> [Float] {
        let length = Expression.names.count
        let places = Dictionary(faces.enumerated().map { ($1.id, $0) }) { first, _ in first }
        var result = [Float](repeating: 0, count: faces.count * length)
        try workspace.index.forEachExpression(ofSet: name) { id, expression in
            guard let place = places[id] else { return }
            result.replaceSubrange(place * length..<(place + 1) * length, with: expression.coefficients)
        }
        return result
    }
}
