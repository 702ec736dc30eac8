import Foundation

/// The results of `Evaluator`. Metrics that could not be measured are `nil`.
package struct EvaluationReport: Sendable, Codable, Equatable {
    /// The output compared with the ground truth inside the mask, and the unswapped target as the baseline.
    package struct Truth: Sendable, Codable, Equatable {
        package var output: PixelMetrics
        package var target: PixelMetrics
    }

    /// Cosine similarities of the output's faces to the mean embeddings of source and target.
    package struct Identity: Sendable, Codable, Equatable {
        package var toSource: Double?
        package var toTarget: Double?
        /// Share of frames that are more similar to the source than to the target.
        package var nearerToSource: Double?
        /// The same cosine for the unswapped target's faces to the source, and for the source's own faces.
        package var targetToSource: Double?
        package var sourceToSource: Double?
        package var frames: Int
    }

    /// Identification of the output's faces by a face recogniser among several people.
    package struct Retrieval: Sendable, Codable, Equatable {
        /// Source and target among them.
        package var people: Int
        /// Share of the frames in which the source ranks first.
        package var first: Double
        /// Mean rank of the source by similarity; 1 is best.
        package var meanRank: Double

        package init(people: Int, first: Double, meanRank: Double) {
            (self.people, self.first, self.meanRank) = (people, first, meanRank)
        }
    }

    /// Correlations between output and target over the frames in which both clips contain a face.
    package struct Expression: Sendable, Codable, Equatable {
        package var mouthOpening: Double?
        package var eyeOpening: Double?
        package var jawOpen: Double?
        package var eyeBlink: Double?
        package var mouthSmile: Double?
        package var frames: Int
    }

    /// The frame outside the face, and the edge of the swapped face, compared with the target.
    package struct Surroundings: Sendable, Codable, Equatable {
        /// PSNR in dB of 8-bit luma outside the box around the face (and the label); `nil` if there is no difference.
        package var outsidePSNR: Double?
        /// Greatest difference outside the box, 0…255.
        package var outsideGreatest: Double
        /// Colour step across the edge of the face's hull, relative to the target, in units of L*a*b*: over twelve sectors,
        /// the difference between output and target of the mean colour of an inner ring minus that of an outer ring.
        package var edgeStep: Double?
        /// The same for the sector with the greatest mean.
        package var worstEdgeStep: Double?
        /// Mean gradient of lightness on the edge of the hull, relative to the target's: above 1 indicates a seam, below 1
        /// a blur.
        package var edgeEnergyRatio: Double?

        package init(
            outsidePSNR: Double?, outsideGreatest: Double, edgeStep: Double?, worstEdgeStep: Double?,
            edgeEnergyRatio: Double?
        ) {
            (self.outsidePSNR, self.outsideGreatest) = (outsidePSNR, outsideGreatest)
            (self.edgeStep, self.worstEdgeStep) = (edgeStep, worstEdgeStep)
            self.edgeEnergyRatio = edgeEnergyRatio
        }
    }

    package var frames: Int
    /// Share of the target's frames with a face in which the output has a face too.
    package var facesKept: Double?
    package var truth: Truth?
    package var identity: Identity
    /// `nil` without further people.
    package var retrieval: Retrieval?
    package var expression: Expression
    /// `nil` in reports of earlier versions.
    package var agreement: ExpressionAgreement?
    /// Mean difference of head pose between output and target, in degrees over yaw, pitch and roll.
    package var poseError: Double?
    /// Mean distance of the face's landmarks in the output from those in the target, in face widths.
    package var landmarkError: Double?
    /// Mean absolute difference of the 51 expression coefficients, 0…1.
    package var expressionError: Double?
    /// Jitter of the landmarks in the output relative to the target; 1 is equal.
    package var jitterRatio: Double?
    /// Flicker of the face's mean colour in the output relative to the target; 1 is equal.
    package var flickerRatio: Double?
    /// Sharpness of the face in the output relative to the target, both at a width of 96 pixels; 1 is equal.
    package var sharpnessRatio: Double?
    /// The same at the face's size in the target: includes pores, lashes and stubble.
    package var detailRatio: Double?
    /// `nil` if the target has another size.
    package var surroundings: Surroundings?
    /// Duration of the evaluation in seconds.
    package var seconds: Double

    /// JSON with sorted keys, indented.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self)
    }

    /// A text table with one metric per line.
    package var table: String {
        let lines = lines
        let width = lines.map(\.name.count).max() ?? 0
        return lines.map { $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.value }
            .joined(separator: "\n")
    }

    /// Name and formatted value of each metric.
    var lines: [(name: String, value: String)] {
        var lines: [(name: String, value: String)] = [
            ("Frames", "\(frames)"), ("Face kept", share(facesKept)),
        ]
        if let truth {
            lines += [
                (
                    "PSNR to the truth, luma",
                    withBaseline(truth.output.lumaPSNR, truth.target.lumaPSNR, "dB", 2)
                ),
                ("PSNR to the truth, RGB", withBaseline(truth.output.rgbPSNR, truth.target.rgbPSNR, "dB", 2)),
                ("SSIM to the truth, luma", withBaseline(truth.output.ssim, truth.target.ssim, "", 3)),
                ("SSIM to the truth, RGB", withBaseline(truth.output.rgbSSIM, truth.target.rgbSSIM, "", 3)),
                (
                    "MS-SSIM to the truth, luma",
                    withBaseline(truth.output.multiScaleSSIM, truth.target.multiScaleSSIM, "", 3)
                ),
            ]
        }
        lines += [
            ("Cosine to the source", withBaseline(identity.toSource, identity.targetToSource, "", 3)),
            ("  the source's own", number(identity.sourceToSource, 3)),
            ("Cosine to the target", number(identity.toTarget, 3)),
            ("Nearer to the source", share(identity.nearerToSource)),
        ]
        if let retrieval {
            lines += [
                ("Source first among \(retrieval.people) people", share(retrieval.first)),
                ("  its mean rank", number(retrieval.meanRank, 2)),
            ]
        }
        lines += [
            ("Mouth opening, correlation", number(expression.mouthOpening, 2)),
            ("Eye opening, correlation", number(expression.eyeOpening, 2)),
            ("jawOpen, correlation", number(expression.jawOpen, 2)),
            ("eyeBlink, correlation", number(expression.eyeBlink, 2)),
            ("mouthSmile, correlation", number(expression.mouthSmile, 2)),
        ]
        if let agreement { lines += self.lines(of: agreement) }
        lines += [
            ("Pose error", number(poseError, 2) + (poseError == nil ? "" : "°")),
            (
                "Landmark error",
                number(landmarkError.map { $0 * 100 }, 2)
                    + (landmarkError == nil ? "" : " % of the face's width")
            ),
            ("Expression error", number(expressionError, 3)),
            ("Jitter, output over target", number(jitterRatio, 2)),
            ("Flicker, output over target", number(flickerRatio, 2)),
            ("Sharpness, output over target", number(sharpnessRatio, 2)),
            ("  at the face's own size", number(detailRatio, 2)),
        ]
        if let surroundings {
            let outside =
                surroundings.outsideGreatest == 0
                ? "untouched"
                : number(surroundings.outsidePSNR, 1)
                    + " dB, at most \(number(surroundings.outsideGreatest, 0)) of 255"
            lines += [
                ("Outside the face", outside),
                (
                    "Colour step at the edge",
                    number(surroundings.edgeStep, 2) + " (L*a*b*, relative to the target)"
                ),
                ("  in the worst of 12 sectors", number(surroundings.worstEdgeStep, 2)),
                ("Gradient at the edge, output over target", number(surroundings.edgeEnergyRatio, 2)),
            ]
        }
        return lines
    }

    private func lines(of agreement: ExpressionAgreement) -> [(name: String, value: String)] {
        func withTarget(_ output: Double?, _ target: Double?) -> String {
            "\(number(output, 3))   (target: \(number(target, 3)))"
        }
        return [
            ("Mouth gap, concordance", number(agreement.mouthGap, 2)),
            ("Eye opening, concordance", number(agreement.eyeOpening, 2)),
            ("Mouth width, concordance", number(agreement.mouthWidth, 2)),
            ("Mouth gap", withTarget(agreement.outputMouthGap, agreement.targetMouthGap)),
            ("  mean difference", number(agreement.mouthGapDifference, 3)),
            ("Shut mouths kept shut", share(agreement.shutKept)),
            ("Open mouths kept open", share(agreement.openKept)),
            ("Gaze difference, eye widths", number(agreement.gazeDifference, 3)),
            ("  vergence", withTarget(agreement.outputVergence, agreement.targetVergence)),
            ("Motion of the mouth, agreement", number(agreement.mouthMotion, 2)),
            ("Motion of the eyes, agreement", number(agreement.eyeMotion, 2)),
        ]
    }

    private func number(_ value: Double?, _ digits: Int) -> String {
        value.map { String(format: "%.\(digits)f", $0) } ?? "–"
    }

    private func share(_ value: Double?) -> String {
        value.map { String(format: "%.1f %%", $0 * 100) } ?? "–"
    }

    private func withBaseline(_ value: Double?, _ baseline: Double?, _ unit: String, _ digits: Int) -> String
    {
        let unit = unit.isEmpty ? "" : " " + unit
        return number(value, digits) + unit + "   (unswapped target: " + number(baseline, digits) + unit + ")"
    }
}
