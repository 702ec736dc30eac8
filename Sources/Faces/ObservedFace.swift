import Pictures

/// The analysis of one face in one frame.
package struct ObservedFace: Sendable, Codable, Equatable {
    /// Box around the landmarks, in picture pixels.
    package var box: Box
    /// The detector's score when the face was last detected, 0…1.
    package var score: Float
    package var landmarks: FaceLandmarks
    package var alignment: FaceAlignment
    package var pose: HeadPose
    package var expression: Expression
    /// `nil` unless the embedding policy selected the frame.
    package var embedding: Embedding?
    /// Number of the face's track; an analyser never reuses a number.
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
