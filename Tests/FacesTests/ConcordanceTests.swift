import Faces
import Testing

@Suite("Concordance")
struct ConcordanceTests {
    @Test("concordance detects offsets and scales that a correlation ignores")
    func concord() throws {
        let a = [1.0, 2, 3]
        #expect(try abs(#require(concordance(a, a)) - 1) < 1e-12)
        // 2 · 2 / (2 + 2 + 3 · 1²)
        #expect(try abs(#require(concordance(a, [2, 3, 4])) - 4.0 / 7) < 1e-12)
        // 2 · 4 / (2 + 8 + 3 · 2²)
        #expect(try abs(#require(concordance(a, [2, 4, 6])) - 8.0 / 22) < 1e-12)
        #expect(try abs(#require(concordance(a, [3, 2, 1])) + 1) < 1e-12)
        #expect(concordance([1, 1], [1, 1]) == nil && concordance([1], [1]) == nil)
    }

    @Test("quantiles are interpolated")
    func quantiles() {
        #expect(quantile([3, 1, 2], 0.5) == 2 && quantile([4, 0], 0.25) == 1)
        #expect(quantile([5], 0.9) == 5 && quantile([], 0.5) == nil && quantile([1, 2], 2) == 2)
    }
}
