import Pictures
import Testing

@Suite("L*a*b*")
struct LabColourTests {
    /// Known values of the sRGB primaries (D65), as published by Lindbloom; the skin tone's worked out in float64 by CIE 15's formulas
    /// (OpenCV's float32 tables give 61.65, 20.86, 26.78).
    @Test(
        "known colours",
        arguments: [
            ([255, 255, 255], [100, 0, 0]), ([0, 0, 0], [0, 0, 0]), ([255, 0, 0], [53.24, 80.09, 67.20]),
            ([0, 255, 0], [87.73, -86.18, 83.18]), ([0, 0, 255], [32.30, 79.19, -107.86]),
            ([119, 119, 119], [50.03, 0, 0]), ([198, 134, 103], [61.6869, 20.9943, 26.6245]),
        ] as [([UInt8], [Float])])
    func known(_ bytes: [UInt8], _ expected: [Float]) {
        let lab = LabPicture(Picture(width: 1, height: 1, pixels: bytes))
        #expect(abs(lab.lightness[0] - expected[0]) < 0.05)
        #expect(abs(lab.a[0] - expected[1]) < 0.1)
        #expect(abs(lab.b[0] - expected[2]) < 0.1)
    }

    @Test("a round trip reproduces every byte")
    func roundTrip() {
        let levels = stride(from: 0, through: 255, by: 15).map { UInt8($0) }
        let pixels = levels.flatMap { r in levels.flatMap { g in levels.flatMap { b in [r, g, b] } } }
        let picture = Picture(width: pixels.count / 3, height: 1, pixels: pixels)
        let back = LabPicture(picture).picture
        let worst = zip(picture.pixels, back.pixels).map { abs(Int($0) - Int($1)) }.max()
        #expect(worst ?? 9 <= 1)
    }
}
