extension Sequence where Element: Comparable {
    /// The median; of an even count the greater of the two middle values. `nil` if the sequence is empty.
    package func median() -> Element? {
        let sorted = sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}
