/// Lin's concordance correlation coefficient (Lin 1989) of two series of equal length: 1 if they are equal, lower if they
/// are shifted or scaled against each other; `nil` if both are the same constant.
package func concordance(_ a: [Double], _ b: [Double]) -> Double? {
    pooledConcordance(a.map { [$0] }, b.map { [$0] })
}

/// The coefficient of two tables of equal shape, over all columns at once: columns with a larger variance have a larger
/// weight.
package func pooledConcordance(_ a: [[Double]], _ b: [[Double]]) -> Double? {
    guard a.count == b.count, a.count >= 2, let width = a.first?.count else { return nil }
    var (products, spread) = (0.0, 0.0)
    for column in 0..<width {
        let (one, other) = (a.map { $0[column] }, b.map { $0[column] })
        let count = Double(a.count)
        let (middle, otherMiddle) = (one.reduce(0, +) / count, other.reduce(0, +) / count)
        for (x, y) in zip(one, other) {
            products += (x - middle) * (y - otherMiddle)
            spread += (x - middle) * (x - middle) + (y - otherMiddle) * (y - otherMiddle)
        }
        spread += count * (middle - otherMiddle) * (middle - otherMiddle)
    }
    return spread > 1e-18 ? 2 * products / spread : nil
}

/// The interpolated quantile; `nil` for an empty list.
package func quantile(_ values: [Double], _ share: Double) -> Double? {
    let sorted = values.sorted()
    guard let last = sorted.last else { return nil }
    let place = min(max(share, 0), 1) * Double(sorted.count - 1)
    let index = Int(place)
    let next = index + 1 < sorted.count ? sorted[index + 1] : last
    return sorted[index] + (next - sorted[index]) * (place - Double(index))
}
