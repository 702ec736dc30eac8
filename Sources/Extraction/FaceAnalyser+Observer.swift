import Vision

extension FaceAnalyser: FaceObserver {}
