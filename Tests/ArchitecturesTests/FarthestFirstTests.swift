import Architectures
import Testing

@Suite("Farthest first")
struct FarthestFirstTests {
    @Test("each is the farthest from all before it, by the weighted distance")
    func order() {
        let points: [[Float]] = [[0, 0], [1, 0], [0, 3], [4, 0], [2, 0]]
        #expect(farthestFirst(points, weights: [1, 1], most: 3) == [0, 3, 2])
        #expect(farthestFirst(points, weights: [1, 10], most: 2) == [0, 2])
        #expect(farthestFirst(points, weights: [1, 1], most: 10).count == 5)
    }

    @Test("points that repeat are kept once; none of none")
    func repeated() {
        #expect(farthestFirst([[1], [1], [2], [2]], weights: [1], most: 4) == [0, 2])
        #expect(farthestFirst([], weights: [1], most: 4).isEmpty)
    }
}
