extension ModelCard {
    /// Metrics by which a model was selected as the best of its training.
    package struct Merit: Sendable, Codable, Equatable {
        /// Selection score, 0…1; higher is better.
        package var score: Double
        /// Description of the score.
        package var reason: String
        /// Metric values, by their names in the training history.
        package var figures: [String: Double]

        package init(score: Double, reason: String, figures: [String: Double]) {
            (self.score, self.reason, self.figures) = (score, reason, figures)
        }
    }
}
