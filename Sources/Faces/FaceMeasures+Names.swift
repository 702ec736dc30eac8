/// Access to measures by name, including those of earlier versions: models and packed sets outlive the table.
extension FaceMeasures {
    /// Earlier measures that are the mean of current ones, in the same deviations.
    private static let earlier = ["gazeSide": ["gazeRight", "gazeLeft"]]

    /// Whether all of these names can be computed from the current measures.
    package static func supports(_ names: [String]) -> Bool {
        names.allSatisfy { Self.names.contains($0) || earlier[$0] != nil }
    }

    /// The values of the measures that a model or file names.
    ///
    /// - Precondition: `supports(names)`.
    package func values(named names: [String]) -> [Float] {
        names.map { name in
            let parts = (Self.earlier[name] ?? [name]).compactMap { Self.names.firstIndex(of: $0) }
            precondition(!parts.isEmpty, "no measure is called \(name)")
            return parts.reduce(0) { $0 + values[$1] } / Float(parts.count)
        }
    }

    /// Converts a file's measures to the current ones. An earlier measure replaces each of those it was the mean of.
    ///
    /// - Returns: `nil` if a measure cannot be derived from the names.
    package init?(values: [Float], named names: [String]) {
        guard values.count == names.count else { return nil }
        let known = Dictionary(zip(names, values)) { first, _ in first }
        let found = Self.names.map { name in
            known[name] ?? Self.earlier.first { $0.value.contains(name) }.flatMap { known[$0.key] }
        }
        guard !found.contains(nil) else { return nil }
        self.init(values: found.compactMap { $0 })
    }
}
