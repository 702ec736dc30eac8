import Testing

@testable import Training

@Suite("Error guard")
struct DivergenceDetectorTests {
    /// Errors of a training that gets on: falling, and noisy by a tenth.
    private func error(_ step: Int) -> Double {
        0.1 / (1 + Double(step) / 300) * (1 + 0.1 * Double(step * 7 % 11 - 5) / 5)
    }

    private func findings(_ count: Int, _ error: (Int) -> Double) -> [DivergenceDetector.Finding] {
        var watch = DivergenceDetector()
        return (0..<count).compactMap { watch.add(error($0), iteration: $0) }
    }

    @Test("a sound training, a single bad step and a slow rise are none of its business")
    func sound() {
        #expect(findings(2000) { error($0) }.isEmpty)
        #expect(findings(2000) { $0 % 50 == 0 ? 1 : error($0) }.isEmpty)
        #expect(findings(2000) { 0.02 * (1 + Double($0) / 1000) }.isEmpty)
    }

    @Test("what is no number is found at its step")
    func noNumber() {
        #expect(findings(10) { $0 == 7 ? .nan : error($0) } == [.noNumber(since: 7)])
        #expect(findings(10) { $0 == 3 ? .infinity : error($0) } == [.noNumber(since: 3)])
    }

    @Test("a jump is found within a few steps, and its beginning told")
    func jump() throws {
        let found = findings(320) { $0 < 300 ? error($0) : 5 * error($0) }
        guard case .jump(let since, let from, let to) = try #require(found.first) else {
            Issue.record("\(found)")
            return
        }
        #expect((296...301).contains(since) && to > 2.5 * from)
    }

    @Test("steps that begin a jump are suspicious, and nothing is before there are enough to compare with")
    func suspicion() {
        var watch = DivergenceDetector()
        for step in 0..<100 { _ = watch.add(error(step), iteration: step) }
        #expect(!watch.isSuspicious)
        #expect(watch.add(1, iteration: 100) == nil && watch.isSuspicious)
        watch.forget()
        #expect(findings(DivergenceDetector.fewest) { $0 < 20 ? 0.05 : 1 }.isEmpty)
    }
}
