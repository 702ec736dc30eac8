/// A time in the format `[[h:]m:]s`: `90`, `1:30`, `0:01:30.5`.
package struct ClockTime: Equatable, Sendable {
    package let seconds: Double

    /// `nil` if the text is not a valid time.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        // Only the last part may have a fraction, and all parts but the first must be less than 60.
        guard (1...3).contains(parts.count), numbers.count == parts.count,
            numbers.allSatisfy({ $0 >= 0 && $0.isFinite }), numbers.dropFirst().allSatisfy({ $0 < 60 }),
            numbers.dropLast().allSatisfy({ $0 == $0.rounded() })
        else { return nil }
        seconds = numbers.reduce(0) { $0 * 60 + $1 }
    }
}
