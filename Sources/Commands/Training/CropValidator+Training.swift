import Foundation
import Pictures
import Tensors
import Training
import Vision

/// Connects Vision's crop evaluation to training; neither module imports the other.
extension CropValidator: SwapMetrics {
    convenience init(weights: URL, device: Device, faces: ValidationFaces) throws {
        try self.init(
            weights: weights, device: device, crop: faces.crop, source: faces.source, targets: faces.target)
    }

    package func figures(of swapped: [Picture]) throws -> SwapFigures {
        let figures: CropMetrics = try self.figures(of: swapped)
        return SwapFigures(
            toSource: figures.toSource, toTarget: figures.toTarget, sourceToSource: figures.sourceToSource,
            poseError: figures.poseError, eyes: figures.eyes, mouth: figures.mouth, faces: figures.faces)
    }
}
