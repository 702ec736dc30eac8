import NeuralNetworks
import Tensors

/// Structure loss; 0 if the structures are equal.
struct StructureTerm {
    private enum Measure {
        case similarity(StructuralSimilarity)
        case dissimilarity(StructuralDissimilarity)
        case multiScale(MultiScaleSimilarity)
    }

    private let measure: Measure

    /// - Parameter side: side lengths of the faces in pixels.
    init(_ kind: StructureKind, side: Int, device: Device) throws {
        measure =
            switch kind {
            case .similarity:
                .similarity(try StructuralSimilarity(height: side, width: side, device: device))
            case .dissimilarity:
                .dissimilarity(
                    try StructuralDissimilarity(
                        height: side, width: side, windows: StructuralDissimilarity.windows(side: side),
                        device: device))
            case .multiScale: .multiScale(try MultiScaleSimilarity(height: side, width: side, device: device))
            }
    }

    /// Shapes: `[B, 3, R, R]` twice → one value.
    func callAsFunction(_ a: Tensor, _ b: Tensor, _ regions: RegionWeights) throws -> Tensor {
        let (a, b) = (try a * regions.mask, try b * regions.mask)
        switch measure {
        case .similarity(let similarity): return try regions.mean(1 - similarity(a, b))
        case .dissimilarity(let dissimilarity): return try regions.mean(dissimilarity(a, b))
        case .multiScale(let similarity): return try 1 - similarity(a, b, weight: regions.weight).mean()
        }
    }
}
