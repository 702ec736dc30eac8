import Architectures
import Foundation
import Testing

@testable import Training

@Suite("Learning-rate range")
struct LearningRateRangeTests {
    /// An error that stays, falls most steeply at `steep`, and breaks out at 0.1.
    private func range(steep: Double, noise: Double = 0) -> LearningRateRange {
        var range = LearningRateRange()
        for (index, rate) in LearningRateRange.rates(from: 1e-6, to: 1, steps: 200).enumerated() {
            let fall = 1 / (1 + exp(-4 * log(rate / steep)))
            let error = 0.3 - 0.2 * fall + (rate > 0.1 ? 5 * rate : 0) + noise * sin(Double(index * index))
            guard range.add(rate: rate, error: error) else { break }
        }
        return range
    }

    @Test("suggests the rate at which the error falls fastest", arguments: [1e-4, 1e-3, 1e-2], [0, 0.005])
    func suggestion(steep: Double, noise: Double) throws {
        let range = range(steep: steep, noise: noise)
        let rate = try #require(range.suggestion)
        // Smoothing lags by some steps of 7 % each.
        #expect(steep / 1.5 < rate && rate < steep * 3)
        #expect(range.points.count < 200)
    }

    @Test("suggests nothing where nothing falls, and ends where the error is no number")
    func nothing() {
        var flat = LearningRateRange()
        for rate in LearningRateRange.rates(from: 1e-4, to: 1e-2, steps: 20) {
            let goesOn = flat.add(rate: rate, error: 0.2 + rate)
            #expect(goesOn)
        }
        #expect(flat.suggestion == nil && flat.points.count == 20)
        let goesOn = flat.add(rate: 1, error: .nan)
        #expect(!goesOn && flat.points.count == 20)
    }

    @Test("is run on a model without a trace in its folder")
    func run() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        let model = folder.appending(path: "model")
        let range = try Trainer.rateRange(
            sets: sets, folder: model, options: DrawnFaces.options(iterations: 1), steps: 60,
            progress: { _ in })
        #expect(range.points.count > 30)
        let least = try #require(range.points.map(\.smoothed).min())
        #expect(least < 0.9 * range.points[0].smoothed)
        #expect(range.suggestion != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: model.path).isEmpty)
    }
}
