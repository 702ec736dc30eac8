import Foundation
import Pictures
import Testing

@Suite("Optical flow")
struct OpticalFlowTests {
    /// Smooth texture, moved to the right and down.
    private func texture(_ right: Double = 0, _ down: Double = 0, scale: Double = 1) -> Plane {
        Plane(
            width: 96, height: 80,
            values: (0..<96 * 80).map { index in
                let (x, y) = (
                    (Double(index % 96) - 48 - right) / scale, (Double(index / 96) - 40 - down) / scale
                )
                let waves = sin(x * 0.31 + y * 0.12) + sin(y * 0.27 - x * 0.05) + sin(x * 0.9 + y * 0.7) / 3
                return Float(128 + 35 * waves)
            })
    }

    private func middle(_ plane: Plane) -> [Float] {
        (16..<64).flatMap { row in (16..<80).map { plane.values[row * 96 + $0] } }
    }

    @Test("measures the displacement of a picture", arguments: [(1.5, -0.75), (-6.0, 4.0), (0, 0)])
    func shift(_ right: Double, _ down: Double) {
        let flow = OpticalFlow(from: texture(), to: texture(right, down))
        for (plane, wanted) in [(flow.x, right), (flow.y, down)] {
            let errors = middle(plane).map { abs(Double($0) - wanted) }
            #expect(errors.reduce(0, +) / Double(errors.count) < 0.12)
        }
    }

    @Test("the smooth flow moves flat areas with their surroundings")
    func smooth() {
        func patched(_ plane: Plane, right: Int) -> Plane {
            var plane = plane
            for row in 32..<48 { for column in 40..<56 { plane.values[row * 96 + column + right] = 128 } }
            return plane
        }
        let (from, to) = (patched(texture(), right: 0), patched(texture(3, 0), right: 3))
        let flow = OpticalFlow(from: from, to: to, settings: .smooth)
        for (row, column) in [(40, 48), (36, 44), (44, 52)] {
            #expect(abs(flow.x.values[row * 96 + column] - 3) < 0.6)
            #expect(abs(flow.y.values[row * 96 + column]) < 0.6)
        }
        let errors = middle(flow.x).map { abs(Double($0) - 3) }
        #expect(errors.reduce(0, +) / Double(errors.count) < 0.35)
    }

    @Test("distinguishes enlarging from shrinking")
    func growth() {
        let flow = OpticalFlow(from: texture(), to: texture(scale: 1.05))
        // 20 pixels beside the middle a twentieth more is one pixel.
        #expect(abs(flow.x.values[40 * 96 + 68] - 1) < 0.25)
        #expect(abs(flow.x.values[40 * 96 + 28] + 1) < 0.25)
        #expect(abs(flow.y.values[60 * 96 + 48] - 1) < 0.25)
    }

    @Test("flat pictures do not move")
    func even() {
        let flow = OpticalFlow(
            from: Plane(width: 40, height: 40, repeating: 90), to: Plane(width: 40, height: 40, repeating: 99)
        )
        #expect(flow.x.values.allSatisfy { $0 == 0 } && flow.y.values.allSatisfy { $0 == 0 })
    }
}
