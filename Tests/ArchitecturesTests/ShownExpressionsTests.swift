import Testing

@testable import Architectures

@Suite("Expressions that a person showed")
struct ShownExpressionsTests {
    /// Somebody who smiles with an open mouth alone: gap, smile, brows, turn. Brows and turn go their own way.
    private let faces: [[Float]] = (0..<400).map { number in
        let gap = Float(number * 37 % 100) / 25
        return [gap, gap / 2, Float(number * 13 % 50) / 25 - 1, Float(number % 20) / 10 - 1]
    }
    private let regions = [[2, 3], [0, 1, 3]]
    private var shown: ShownExpressions { ShownExpressions(faces, weights: [3, 0.5, 1, 3], most: 100) }

    @Test("a smile with shut lips becomes shut lips, not half a smile with half an open mouth")
    func unheardOf() {
        let near = shown.nearest(to: [0, 2, 0.3, 0], in: regions)
        #expect(near[0] < 0.35, "the gap is \(near[0])")
        #expect(near[1] < 0.6, "the smile is \(near[1])")
        #expect(near[2] == 0.3 && near[3] == 0, "the other region and the turn stay")
    }

    @Test("a nod that was seen with an open mouth alone does not open a shut one")
    func turned() {
        // Gap, jaw, nod: the chin is raised (below 0) by who speaks.
        let faces: [[Float]] = (0..<300).map { number in
            let gap = Float(number * 37 % 100) / 25
            return [gap, gap / 2, (gap > 1 ? -1 : 0.4) + Float(number % 7) / 20]
        }
        let shown = ShownExpressions(faces, weights: [5, 0.5, 1])
        let near = shown.nearest(to: [0, 0, -1], in: [[2], [0, 1, 2]])
        #expect(near[0] == 0 && near[2] > 0, "\(near)")
        let open = shown.nearest(to: [3, 1.5, -0.9], in: [[2], [0, 1, 2]])
        #expect(abs(open[2] + 0.9) < 0.2, "\(open)")
    }

    @Test("what was shown stays as it is", arguments: [0, 7, 133, 250, 399])
    func stays(_ number: Int) {
        let near = shown.nearest(to: faces[number], in: regions)
        // A quarter of a typical deviation: the ends of what was shown are drawn in a little.
        for (value, own) in zip(near, faces[number]) { #expect(abs(value - own) < 0.25) }
    }

    @Test("follows without jumps where the measures move slowly")
    func steady() {
        var last: [Float]?
        for step in 0..<200 {
            let near = shown.nearest(to: [Float(step) / 50, 2 - Float(step) / 100, 0, 0], in: regions)
            if let last {
                for (value, before) in zip(near, last) { #expect(abs(value - before) < 0.12) }
            }
            last = near
        }
    }

    @Test("few faces, or none, are no trouble")
    func few() {
        #expect(ShownExpressions([], weights: [1]).nearest(to: [3], in: [[0]]) == [3])
        let one = ShownExpressions([[1, 1]], weights: [1, 1])
        #expect(one.faces.count == 1 && one.nearest(to: [1, 1], in: [[0, 1]]) == [1, 1])
        #expect(one.nearest(to: [1, 9], in: [[0, 1]])[1] < 2)
        #expect(ShownExpressions(faces, weights: [3, 0.5, 1, 0.5]).faces.count <= ShownExpressions.most)
    }
}
