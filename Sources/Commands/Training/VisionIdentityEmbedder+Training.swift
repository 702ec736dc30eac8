import Training
import Vision

/// Vision's recogniser judges what Training draws; neither knows the other.
extension VisionIdentityEmbedder: IdentityEmbedder {}
