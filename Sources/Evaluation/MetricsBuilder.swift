import Faces

/// Computes the report's metrics from the measurements of the clips.
struct MetricsBuilder {
    let output: FaceSeries
    let target: FaceSeries
    let source: [Embedding]
    /// Embeddings of further people, one list per person.
    var others: [[Embedding]] = []

    var report: EvaluationReport {
        let expected = target.faces.count { $0 != nil }
        return EvaluationReport(
            frames: output.faces.count,
            facesKept: expected > 0 ? Double(pairs.count) / Double(expected) : nil, truth: nil,
            identity: identity, retrieval: retrieval, expression: expression,
            agreement: ExpressionAgreement(pairs),
            poseError: mean(
                pairs.map { pair in
                    let (a, b) = (pair.output.pose, pair.target.pose)
                    return Double(abs(a.yaw - b.yaw) + abs(a.pitch - b.pitch) + abs(a.roll - b.roll)) / 3
                }),
            landmarkError: mean(pairs.compactMap { Self.landmarkError($0.output, $0.target) }),
            expressionError: mean(pairs.map { Self.expressionError($0.output, $0.target) }),
            jitterRatio: stabilityRatio { $0.jitter($1) }, flickerRatio: stabilityRatio { $0.flicker($1) },
            sharpnessRatio: sharpnessRatio(\.sharpness), detailRatio: sharpnessRatio(\.detail), seconds: 0)
    }

    /// Faces of both clips in the frames in which both contain one.
    private var pairs: [(output: ObservedFace, target: ObservedFace)] {
        zip(output.faces, target.faces).compactMap { pair in
            guard let a = pair.0, let b = pair.1 else { return nil }
            return (a, b)
        }
    }

    private var identity: EvaluationReport.Identity {
        let own = output.embeddings
        guard let source = Embedding.mean(of: source), let target = Embedding.mean(of: self.target.embeddings)
        else {
            return EvaluationReport.Identity(frames: 0)
        }
        let near = own.count { $0.cosine(source) > $0.cosine(target) }
        func toSource(_ embeddings: [Embedding]) -> Double? {
            mean(embeddings.map { Double($0.cosine(source)) })
        }
        return EvaluationReport.Identity(
            toSource: toSource(own), toTarget: mean(own.map { Double($0.cosine(target)) }),
            nearerToSource: own.isEmpty ? nil : Double(near) / Double(own.count),
            targetToSource: toSource(self.target.embeddings), sourceToSource: toSource(self.source),
            frames: own.count)
    }

    /// Rank of the source among all people, frame by frame.
    private var retrieval: EvaluationReport.Retrieval? {
        let rest = others.compactMap { Embedding.mean(of: $0) }
        guard !rest.isEmpty, !output.embeddings.isEmpty, let source = Embedding.mean(of: source),
            let target = Embedding.mean(of: target.embeddings)
        else { return nil }
        let ranks = output.embeddings.map { own in
            1 + (rest + [target]).count { own.cosine($0) >= own.cosine(source) }
        }
        return EvaluationReport.Retrieval(
            people: rest.count + 2, first: Double(ranks.count { $0 == 1 }) / Double(ranks.count),
            meanRank: mean(ranks.map { Double($0) }) ?? 0)
    }

    private var expression: EvaluationReport.Expression {
        let pairs = pairs
        func along(_ value: (ObservedFace) -> Float) -> Double? {
            correlation(pairs.map { Double(value($0.output)) }, pairs.map { Double(value($0.target)) })
        }
        func both(_ name: String) -> Double? {
            along { ($0.expression[name + "Left"] + $0.expression[name + "Right"]) / 2 }
        }
        return EvaluationReport.Expression(
            mouthOpening: along { $0.openings.mouth },
            eyeOpening: along { ($0.openings.leftEye + $0.openings.rightEye) / 2 },
            jawOpen: along { $0.expression["jawOpen"] }, eyeBlink: both("eyeBlink"),
            mouthSmile: both("mouthSmile"),
            frames: pairs.count)
    }

    /// Metrics of each frame; `edgeSteps` by frame number.
    func frames(edgeSteps: [Int: Double]) -> [FrameMetrics] {
        let person = Embedding.mean(of: source)
        return output.faces.indices.map { number in
            let own = output.faces[number]
            let other = number < target.faces.count ? target.faces[number] : nil
            var figures = FrameMetrics(number: number)
            figures.toSource = own?.embedding.flatMap { own in person.map { Double(own.cosine($0)) } }
            figures.edgeStep = edgeSteps[number]
            if let own, let other {
                figures.landmarkError = Self.landmarkError(own, other)
                figures.expressionError = Self.expressionError(own, other)
            }
            return figures
        }
    }

    private static func landmarkError(_ output: ObservedFace, _ target: ObservedFace) -> Double? {
        let width = target.alignment.faceWidth
        guard width > 0 else { return nil }
        // The irises behind half-shut lids are located less reliably.
        let points = zip(output.landmarks.points.prefix(468), target.landmarks.points)
        return mean(points.map { ($0 - $1).length / width })
    }

    private static func expressionError(_ output: ObservedFace, _ target: ObservedFace) -> Double {
        // The first coefficient is the network's "neutral".
        let pairs = zip(output.expression.coefficients, target.expression.coefficients).dropFirst()
        return mean(pairs.map { Double(abs($0 - $1)) }) ?? 0
    }

    /// Ratio of a jitter or flicker metric between output and target.
    private func stabilityRatio(_ metric: (FaceSeries, Int) -> Double?) -> Double? {
        let both = output.faces.indices.compactMap { frame -> (Double, Double)? in
            guard let a = metric(output, frame), let b = metric(target, frame) else { return nil }
            return (a, b)
        }
        return ratio(both)
    }

    private func sharpnessRatio(_ sharpness: KeyPath<FaceSeries, [Double?]>) -> Double? {
        ratio(
            zip(output[keyPath: sharpness], target[keyPath: sharpness]).compactMap { pair in
                guard let a = pair.0, let b = pair.1 else { return nil }
                return (a, b)
            })
    }

    private func ratio(_ pairs: [(Double, Double)]) -> Double? {
        guard let a = mean(pairs.map(\.0)), let b = mean(pairs.map(\.1)), b > 0 else { return nil }
        return a / b
    }
}
