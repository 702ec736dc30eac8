extension ModelCard {
    /// Why a model was kept as the best of its training.
    package struct Merit: Sendable, Codable, Equatable {
        /// What it was chosen by, 0…1; the greater, the better.
        package var score: Double
        /// How the score is made, in words.
        package var reason: String
        /// What was measured, by the names of the training's history.
        package var figures: [String: Double]

        package init(score: Double, reason: String, figures: [String: Double]) {
            (self.score, self.reason, self.figures) = (score, reason, figures)
        }
    }
}
