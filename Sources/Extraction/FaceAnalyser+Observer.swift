import Vision

extension FaceAnalyser: FaceObserver {
    package var seconds: [String: Double] {
        [
            "detect": clock.detection, "landmarks": clock.landmarks, "expression": clock.expression,
            "identity": clock.identity,
        ]
    }
}
