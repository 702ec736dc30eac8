import Commands
import Foundation
import Media
import Provenance
import Training

/// A complete swap, from extraction to conversion, as run by `swap` and `demo`.
struct SwapRun {
    static let sourceSet = "source"
    static let targetSet = "target"

    let source: [URL]
    let target: URL
    let output: URL
    var reference: URL?
    let workspace: URL
    /// Whether the target is copied without marks if no face was swapped.
    var allowsUnchanged = false

    /// Duration of each stage in seconds, in order.
    typealias Times = [(stage: String, seconds: Double)]

    @discardableResult
    func run(
        _ pipeline: Pipeline, stop: StopRule, choice: TrainingChoice = TrainingChoice(),
        encoding: EncodingSettings, marks: Marks = Marks()
    ) throws -> Times {
        var times: Times = []
        func timed(_ stage: String, _ body: () throws -> Void) throws {
            let begun = ContinuousClock.now
            try body()
            times.append((stage, begun.duration(to: .now) / .seconds(1)))
            try Task.checkCancellation()
        }
        // Checks before hours of computation: output, signing keys and consents.
        try pipeline.publisher.requireFree(output)
        try pipeline.requireOutput(output, of: target, encoding: encoding)
        try pipeline.publisher.requireSigner()
        _ = try pipeline.gate.check([Self.sourceSet, Self.targetSet])
        try timed("extraction") {
            try pipeline.extract(set: Self.sourceSet, from: source, reference: reference)
            try pipeline.extract(set: Self.targetSet, from: [target])
        }
        try timed("training") {
            try pipeline.training.train([Self.sourceSet, Self.targetSet], stop: stop, choice: choice)
        }
        try timed("conversion") {
            var order = ConversionRequest(target: target, marks: marks)
            order.allowsUnchanged = allowsUnchanged
            try pipeline.convert(order, output: output, encoding: encoding)
        }
        return times
    }
}
