import Tensors

/// The sum of a loss's terms. Terms of weight 0 are never made.
struct WeightedSum {
    private(set) var total: Tensor?

    mutating func add(_ weight: Double, _ term: () throws -> Tensor) throws {
        guard weight != 0 else { return }
        let weighted = try term() * weight
        total = try total.map { try $0 + weighted } ?? weighted
    }
}
