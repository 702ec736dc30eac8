import Pictures
import Testing

@Suite("Resizing and sampling")
struct ResamplingTests {
    /// 4 × 2: red counts columns, green rows.
    private let ramp = Picture(
        width: 4, height: 2,
        pixels: [
            0, 0, 7, 40, 0, 7, 80, 0, 7, 120, 0, 7,
            0, 100, 7, 40, 100, 7, 80, 100, 7, 120, 100, 7,
        ])

    @Test("the identity keeps every byte", arguments: Resampling.allCases)
    func identity(_ filter: Resampling) {
        #expect(ramp.sampled(width: 4, height: 2, transform: .identity, filter: filter) == ramp)
        #expect(ramp.resized(width: 4, height: 2) == ramp)
    }

    @Test("shrinking takes the mean over each area")
    func mean() {
        let small = ramp.resized(width: 2, height: 1)
        #expect(small.pixels == [20, 50, 7, 100, 50, 7])
        // 4 columns onto 3: the first new pixel covers column 0 and a third of column 1.
        let three = Plane(width: 4, height: 1, values: [0, 3, 6, 9]).resized(width: 3, height: 1)
        #expect(abs(three.values[0] - 0.75) < 1e-5)
        #expect(abs(three.values[1] - 4.5) < 1e-5)
        #expect(abs(three.values[2] - 8.25) < 1e-5)
    }

    @Test("the mean survives shrinking to any size", arguments: [3, 5, 7, 11, 16])
    func energy(side: Int) {
        let plane = Plane(width: 33, height: 33, values: (0..<33 * 33).map { Float($0 * 7919 % 256) })
        #expect(abs(plane.resized(width: side, height: side).mean - plane.mean) < 0.01)
    }

    @Test("bicubic enlarging equals bicubic sampling, and zero displacement changes nothing")
    func cubicGrowth() {
        let values = (0..<9 * 7).map { Float($0 * 7919 % 200) }
        let plane = Plane(width: 9, height: 7, values: values)
        let grey = plane.picture(range: 0...255)
        let wanted = grey.sampled(
            width: 27, height: 28, transform: AffineMap(a: 1 / 3, b: 0, c: 0, d: 0.25, tx: 0, ty: 0),
            filter: .bicubic
        ).luma
        let grown = plane.resized(width: 27, height: 28, filter: .bicubic)
        #expect(zip(grown.values, wanted.values).allSatisfy { abs(min(255, max(0, $0)) - $1) < 0.6 })
        let (still, right) = (Plane(width: 9, height: 7), Plane(width: 9, height: 7, repeating: 2))
        for filter in Resampling.allCases {
            #expect(
                zip(plane.displaced(still, still, filter: filter).values, values)
                    .allSatisfy { abs($0 - $1) < 1e-3 })
            let moved = plane.displaced(right, still, filter: filter)
            #expect((0..<7).allSatisfy { abs(moved.values[9 * 3 + $0] - values[9 * 3 + $0 + 2]) < 1e-3 })
            #expect(abs(moved.values[9 * 3 + 8] - values[9 * 3 + 8]) < 1e-3)
        }
    }

    @Test("growing is linear between centres")
    func growing() {
        let wide = Plane(width: 2, height: 1, values: [0, 4]).resized(width: 4, height: 1)
        #expect(wide.values == [0, 1, 3, 4])
    }

    @Test("a shift by whole and half pixels, and repeated edges")
    func shift() {
        let moved = ramp.sampled(width: 4, height: 2, transform: .translation(1, 0))
        #expect(moved.channel(0).values == [40, 80, 120, 120, 40, 80, 120, 120])
        let half = ramp.sampled(width: 4, height: 2, transform: .translation(0.5, 0))
        #expect(half.channel(0).values == [20, 60, 100, 120, 20, 60, 100, 120])
        let outside = ramp.channel(0).sampled(
            width: 2, height: 1, transform: .translation(3, 0), outside: 0)
        #expect(outside.values == [120, 0])
    }

    @Test("Catmull–Rom by hand: halfway between 1 and 2 of 0, 0, 160, 160")
    func cubic() {
        let step = Picture(width: 4, height: 1, pixels: [0, 0, 160, 160].flatMap { [$0, $0, $0] })
        // −0.0625·0 + 0.5625·0 + 0.5625·160 − 0.0625·160 = 80; a quarter later 0.8671875·160 − 0.0703125·… by weights.
        let value = step.sampled(width: 1, height: 1, transform: .translation(1.5, 0), filter: .bicubic)
        #expect(value.pixels[0] == 80)
        let later = step.sampled(width: 1, height: 1, transform: .translation(1.75, 0), filter: .bicubic)
        // Weights at t = 0.75: −0.0234, 0.2266, 0.8672, −0.0703 → 0.7969 · 160 = 127.5
        #expect(abs(Int(later.pixels[0]) - 127) <= 1)
    }

    @Test("a shrinking map does not alias")
    func aliasing() {
        let stripes = Picture(
            width: 64, height: 64,
            pixels: (0..<64 * 64).flatMap { [UInt8](repeating: $0 % 2 == 0 ? 0 : 255, count: 3) })
        let map = AffineMap(a: 4, b: 0, c: 0, d: 4, tx: 0, ty: 0)
        let small = stripes.sampled(width: 16, height: 16, transform: map)
        #expect(small.pixels.dropFirst(48).dropLast(48).allSatisfy { abs(Int($0) - 128) <= 20 })
    }

    @Test("maps invert and compose")
    func maps() throws {
        let map = AffineMap(a: 2, b: 0.5, c: -0.25, d: 1.5, tx: 3, ty: -4)
        let inverse = try #require(map.inverse)
        let place = map.then(inverse)(5, 7)
        #expect(abs(place.x - 5) < 1e-9 && abs(place.y - 7) < 1e-9)
        #expect(AffineMap(a: 0, b: 0, c: 0, d: 1, tx: 0, ty: 0).inverse == nil)
        let broken = AffineMap(a: .nan, b: 0, c: 0, d: 1, tx: .infinity, ty: 0)
        #expect(
            ramp.sampled(width: 2, height: 2, transform: broken).pixels == [UInt8](repeating: 0, count: 12))
    }

    @Test("cropping repeats edges, pasting cuts them off")
    func cropping() {
        let crop = ramp.cropped(x: -1, y: 1, width: 3, height: 2)
        #expect(crop.channel(0).values == [0, 0, 40, 0, 0, 40])
        #expect(crop.channel(1).values == [100, 100, 100, 100, 100, 100])
        var sheet = Picture(width: 4, height: 2)
        sheet.paste(ramp, x: 2, y: -1)
        #expect(sheet.channel(1).values == [0, 0, 100, 100, 0, 0, 0, 0])
        sheet.paste(ramp, x: 9, y: 9)
    }
}
