import Vision

extension FaceAnalyser: FaceDetectorSource {
    package var seconds: [String: Double] {
        [
            "detect": clock.detection, "landmarks": clock.landmarks, "expression": clock.expression,
            "identity": clock.identity,
        ]
    }
}
