/// Correlation of two tables of equal shape over all their values at once, each column about its own mean; nil where one
/// of them does not vary.
package func pooledCorrelation(_ a: [[Double]], _ b: [[Double]]) -> Double? {
    guard a.count == b.count, a.count >= 2 else { return nil }
    func centred(_ rows: [[Double]]) -> [Double] {
        guard let width = rows.first?.count else { return [] }
        let means = (0..<width).map { column in
            rows.reduce(0) { $0 + $1[column] } / Double(rows.count)
        }
        return rows.flatMap { row in zip(row, means).map { $0 - $1 } }
    }
    func product(_ one: [Double], _ other: [Double]) -> Double {
        zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let (one, other) = (centred(a), centred(b))
    let (ones, others) = (product(one, one), product(other, other))
    return ones > 1e-18 && others > 1e-18 ? product(one, other) / (ones * others).squareRoot() : nil
}
