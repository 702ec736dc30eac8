/// Metrics of one frame; `nil` if not measured.
package struct FrameMetrics: Sendable, Equatable {
    /// Frame number, from 0.
    package let number: Int
    /// Cosine of the output's face to the source's mean embedding.
    package var toSource: Double?
    /// As in `EvaluationReport`.
    package var landmarkError: Double?
    package var expressionError: Double?
    package var edgeStep: Double?

    package init(number: Int) { self.number = number }
}
