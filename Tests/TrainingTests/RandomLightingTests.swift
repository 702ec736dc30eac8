import Architectures
import Foundation
import Tensors
import Testing

@testable import Training

@Suite("Random light")
struct RandomLightingTests {
    private func lights(_ count: Int, _ settings: LightingSettings = LightingSettings()) throws
        -> LightingBatch
    {
        var numbers = RandomNumbers(seed: 7, stream: 1)
        var buffer = StepBuffer()
        let lighting = RandomLighting(settings)
        let slot = lighting.draw(count, numbers: &numbers, in: &buffer)
        return try lighting.batch(slot, buffer.uploaded(to: .cpu))
    }

    @Test("falls on the encoder's picture as on the face that is to be drawn")
    func sameLight() throws {
        let lights = try lights(6)
        // A margin of a quarter: 40 px hold 32, and the face is drawn at twice the encoder's size.
        let wide = try lights.applied(to: Tensor(repeating: 0.3, shape: [6, 3, 40, 40]), extent: 1)
        let faces = try lights.applied(to: Tensor(repeating: 0.3, shape: [6, 3, 64, 64]), extent: 0.8)
        let inner = try wide.slice(4..<36, axis: 2).slice(4..<36, axis: 3).contiguous()
        let pooled = try averagePool2d(faces, kernel: 2, stride: 2)
        let (seen, drawn): ([Float], [Float]) = (try inner.values(), try pooled.values())
        #expect(zip(seen, drawn).allSatisfy { abs($0 - $1) < 2e-3 })
        #expect(seen.contains { abs($0 - 0.3) > 0.05 })
    }

    @Test("is a gain: its logarithm is what was drawn at the points, and 0 over all of them")
    func logarithms() throws {
        let lights = try lights(4)
        let values: [Float] = try lights.logarithms.values()
        for face in 0..<4 {
            #expect(abs(values[face * 9..<face * 9 + 9].reduce(0, +)) < 1e-5)
        }
        // With an odd side the middle pixel lies on the middle point, and twice the light is twice as bright.
        let dim: [Float] = try lights.applied(to: Tensor(repeating: 0.1, shape: [4, 1, 9, 9]), extent: 1)
            .values()
        for face in 0..<4 {
            let expected = 0.1 * exp(values[face * 9 + 4])
            #expect(abs(dim[face * 81 + 40] - expected) < 1e-5)
        }
    }

    @Test("falls from the left as often as from the right, and on its share of the faces")
    func fair() throws {
        let count = 2000
        let values: [Float] = try lights(count).logarithms.values()
        let faces = (0..<count).map { Array(values[$0 * 9..<$0 * 9 + 9]) }
        let share = Double(faces.filter { $0.contains { $0 != 0 } }.count) / Double(count)
        #expect(abs(share - 0.8) < 0.03)
        let slopes = faces.map { Double($0[5] - $0[3]) / 2 }.filter { $0 != 0 }
        let deviation = (slopes.reduce(0) { $0 + $1 * $1 } / Double(slopes.count)).squareRoot()
        // Half the difference of two rough points lies over the slope: √(0.3² + 0.18²/2).
        #expect(abs(slopes.reduce(0, +) / Double(slopes.count)) < 0.03)
        #expect(abs(deviation - 0.326) < 0.02)
    }

    @Test("leaves all faces alone when none are to be lit, and keeps colours to 0…1")
    func bounds() throws {
        var settings = LightingSettings()
        settings.across = 3
        let bright: [Float] = try lights(8, settings)
            .applied(to: Tensor(repeating: 0.9, shape: [8, 3, 16, 16]), extent: 1).values()
        #expect(bright.max() == 1 && (bright.min() ?? -1) >= 0)
        settings.share = 0
        #expect(!RandomLighting(settings).shines)
        let none: [Float] = try lights(8, settings).logarithms.values()
        #expect(none.allSatisfy { $0 == 0 })
    }

    @Test("is part of the family's own recipe, and of none of the field's", arguments: NetworkDesign.names)
    func recipes(name: String) throws {
        let light = Recipe.usual(for: try NetworkDesign(named: name)).augmentation.light
        let isFamily = name.hasPrefix("dimorph")
        #expect(RandomLighting(light).shines == isFamily)
    }
}
