import Tensors

/// Weighted sum of loss terms. Terms of weight 0 are not computed.
struct WeightedSum {
    private(set) var total: Tensor?

    mutating func add(_ weight: Double, _ term: () throws -> Tensor) throws {
        guard weight != 0 else { return }
        let weighted = try term() * weight
        total = try total.map { try $0 + weighted } ?? weighted
    }
}
