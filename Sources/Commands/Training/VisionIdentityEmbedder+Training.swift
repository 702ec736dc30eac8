import Training
import Vision

/// Connects Vision's face recognition network to training; neither module imports the other.
extension VisionIdentityEmbedder: IdentityEmbedder {}
