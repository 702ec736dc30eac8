import Pictures

/// All that is known about one face in one frame.
package struct ObservedFace: Sendable, Codable, Equatable {
    /// Box around the landmarks, in picture pixels.
    package var box: Box
    /// The detector's score when the face was last detected, 0…1.
    package var score: Float
    package var landmarks: FaceLandmarks
    package var alignment: FaceAlignment
    package var pose: HeadPose
    package var expression: Expression
    /// Where the embedding policy asked for one.
    package var embedding: Embedding?
    /// The same number in following frames means the same face; numbers are never used twice by one analyser.
    package var track: Int

    package init(
        box: Box, score: Float, landmarks: FaceLandmarks, alignment: FaceAlignment, pose: HeadPose,
        expression: Expression, embedding: Embedding?, track: Int
    ) {
        self.box = box
        self.score = score
        self.landmarks = landmarks
        self.alignment = alignment
        self.pose = pose
        self.expression = expression
        self.embedding = embedding
        self.track = track
    }

    package var openings: Openings { Openings(landmarks) }
}
