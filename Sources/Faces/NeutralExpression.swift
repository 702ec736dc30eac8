/// A person's neutral face in the measures of `FaceMeasures`: makes measures comparable between people.
///
/// The mean of a clip is not neutral: one person speaks throughout, another is silent, and their means are different
/// expressions. Each measure is therefore anchored at the person's neutral face:
///
/// - contact, activations (blendshapes that are 0 at rest for every person), gaze and turn are absolute: their anchor is 0;
/// - distances that also depend on the person's features are anchored at the rest after subtracting the activations' share,
///   which is similar for all people: the weighted median of `distance − Σ slope · activation`, in which faces at rest have
///   the largest weights;
/// - the lids' gap is 0 in shut eyes of every person and is measured as a share of the person's own open eyes; the mouth's
///   width as a share of its width at rest.
///
/// Measures with little evidence in the person's faces are shrunk towards the population's value (`certainty`).
package struct NeutralExpression: Sendable, Equatable {
    /// The value at rest of each measure, in the order of `FaceMeasures.names`.
    package private(set) var anchors: [Float]
    /// Gain of the distance from the anchor: the population's size of the feature over the person's.
    package private(set) var gains: [Float]
    /// Weight of the person's own value in the anchor: 0 is the population's value, 1 the person's own.
    package private(set) var certainty: [Float]

    /// Number of faces at rest at which an anchor's weight is one half.
    private static let halfCertain: Float = 3
    /// Sum of squared activations, in typical deviations, at which a face's weight is halved.
    private static let rest: Float = 1
    /// Factor over the number of faces at rest for half certainty at which a set determines its own neutral expression.
    private static let enough: Float = 3
    /// Weight above which a face counts as at rest.
    private static let leastRest: Float = 0.1
    /// Quantile of the eye openings that defines the person's open eyes.
    private static let openShare = 0.9

    /// - Parameter measures: measures of one person's faces; an empty list gives the population's anchors.
    package init(_ measures: [FaceMeasures]) {
        anchors = [Float](repeating: 0, count: FaceMeasures.count)
        gains = [Float](repeating: 1, count: FaceMeasures.count)
        certainty = anchors.map { _ in 1 }
        let column = { (name: String) -> [Float] in
            guard let index = FaceMeasures.names.firstIndex(of: name) else { return [] }
            return measures.map { $0.values[index] }
        }
        for (name, model) in Self.models {
            guard let index = FaceMeasures.names.firstIndex(of: name) else { continue }
            var (residuals, activity) = (column(name), [Float](repeating: 0, count: measures.count))
            for (other, slope) in model.slopes {
                for (face, value) in column(other).enumerated() {
                    residuals[face] -= slope * value
                    if model.isMouth { activity[face] += max(0, value) * max(0, value) }
                }
            }
            let weights = activity.map { 1 / (1 + $0 / Self.rest) }
            // Faces far from rest give no information about it, however many there are.
            let atRest = weights.reduce(0) { $0 + ($1 >= Self.leastRest ? $1 : 0) }
            settle(
                index, residuals.weightedMedian(weights), weights.reduce(0, +), model.population,
                trust: min(1, atRest / (Self.enough * Self.halfCertain)))
            if model.isSize { gains[index] = model.population / max(anchors[index], model.population / 3) }
        }
        for (lids, blink) in [("rightEye", "blinkRight"), ("leftEye", "blinkLeft")] {
            guard let eye = FaceMeasures.names.firstIndex(of: lids),
                let shut = FaceMeasures.names.firstIndex(of: blink)
            else { continue }
            let (gaps, blinks) = (column(lids), column(blink))
            settle(eye, gaps.quantile(Self.openShare), Float(measures.count), Self.openEye)
            gains[eye] = Self.openEye / max(anchors[eye], Self.openEye / 3)
            // The blendshape's value for eyes as open as the person's.
            let levels = zip(gaps, blinks).map { $1 + Self.blinkSlope * ($0 - anchors[eye]) }
            settle(shut, levels.quantile(0.5), Float(measures.count), Self.openBlink)
        }
        if let squint = FaceMeasures.names.firstIndex(of: "squint") {
            // Its rest value is unknown: some people's eyes are narrow.
            settle(squint, column("squint").quantile(0.1), Float(measures.count), 2)
        }
    }

    /// Whether a person's faces determine the mouth at rest, by the certainty of its measures in the order of `names`.
    package static func determinesMouth(_ certainty: [Float], named names: [String]) -> Bool {
        guard let index = names.firstIndex(of: "mouthWidth"), certainty.indices.contains(index) else {
            return true
        }
        return certainty[index] >= enough / (enough + 1)
    }

    private mutating func settle(
        _ index: Int, _ own: Float?, _ weight: Float, _ population: Float, trust: Float = 1
    ) {
        let share = own == nil ? 0 : trust * weight / (weight + Self.halfCertain)
        anchors[index] = population + share * ((own ?? population) - population)
        certainty[index] = share
    }

    /// Linear model of a distance's dependence on activations, in typical deviations per typical deviation.
    private struct Model: Sendable {
        let population: Float
        let slopes: [(name: String, slope: Float)]
        /// Whether faces with an active mouth have lower weights.
        var isMouth = true
        /// Whether people differ in it by a factor.
        var isSize = false
    }

    /// Slopes within people, each person about its own mean, and the mean of their anchors: fitted by least squares to
    /// rendered performers and real speakers. Documentation/Training.md reports the accuracy.
    private static let models: [(String, Model)] = [
        (
            "lipsOuter",
            Model(
                population: 2.7,
                slopes: [("mouthOpen", 0.91), ("pucker", 0.11), ("smileLeft", -0.04), ("smileRight", -0.04)])
        ),
        (
            "mouthWidth",
            Model(
                population: 11,
                slopes: [
                    ("mouthOpen", -0.17), ("smileLeft", 0.32), ("smileRight", 0.32), ("pucker", -0.22),
                    ("stretch", 0.3),
                ], isSize: true)
        ),
        (
            "cornersUp",
            Model(
                population: -0.1,
                slopes: [
                    ("mouthOpen", 0.18), ("smileLeft", 0.33), ("smileRight", 0.33), ("funnel", 0.13),
                ])
        ),
        (
            "upperLip",
            Model(
                population: 12,
                slopes: [
                    ("mouthOpen", -0.18), ("smileLeft", -0.2), ("smileRight", -0.2), ("pucker", -0.1),
                    ("funnel", -0.17),
                ])
        ),
        ("rightBrow", Model(population: -15.5, slopes: [("pitch", -0.16)], isMouth: false)),
        ("leftBrow", Model(population: -15.5, slopes: [("pitch", -0.16)], isMouth: false)),
    ]
    /// The gap of open lids.
    private static let openEye: Float = 3.8
    private static let openBlink: Float = 0.8
    private static let blinkSlope: Float = 0.88
}

extension [Float] {
    /// `nil` for an empty list.
    fileprivate func quantile(_ share: Double) -> Float? {
        isEmpty ? nil : sorted()[Int((Double(count - 1) * share).rounded())]
    }

    /// Weighted median; `nil` for an empty list.
    fileprivate func weightedMedian(_ weights: [Float]) -> Float? {
        let order = indices.sorted { self[$0] < self[$1] }
        let half = weights.reduce(0, +) / 2
        var sum: Float = 0
        for index in order {
            sum += weights[index]
            if sum >= half { return self[index] }
        }
        return last
    }
}
