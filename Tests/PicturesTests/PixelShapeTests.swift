import Pictures
import Testing

@Suite("Pixel shapes")
struct PixelShapeTests {
    @Test("the shorter side of a pixel is stretched, and the size in square pixels is whole")
    func sizes() {
        let wide = PixelShape(aspect: 4.0 / 3, width: 288, height: 384)
        #expect(wide.squareSize(width: 288, height: 384) == (384, 384) && !wide.isSquare)
        let narrow = PixelShape(aspect: 8.0 / 9, width: 720, height: 480)
        #expect(narrow.squareSize(width: 720, height: 480) == (720, 540))
        let odd = PixelShape(aspect: 12.0 / 11, width: 720, height: 576)
        #expect(odd.squareSize(width: 720, height: 576) == (785, 576))
        #expect(abs(odd.toSquare(720, 576).x - 785) < 1e-9)
        let back = odd.toSquare.then(odd.toStored)
        #expect(abs(back(123, 45).x - 123) < 1e-9 && abs(back(123, 45).y - 45) < 1e-9)
    }

    @Test(
        "invalid aspect ratios are treated as square", arguments: [0, -1, 1e9, 1e-9, .nan, .infinity, 1])
    func nonsense(_ aspect: Double) {
        #expect(PixelShape(aspect: aspect, width: 720, height: 576) == .square)
        #expect(PixelShape(aspect: 2, width: 0, height: 576).isSquare)
    }

    @Test("a region covers the same area in square pixels")
    func region() {
        let shape = PixelShape(aspect: 4.0 / 3, width: 288, height: 384)
        #expect(
            shape.squareRegion(PixelRegion(x: 10, y: 7, width: 20, height: 5))
                == PixelRegion(x: 13, y: 7, width: 27, height: 5))
        let region = PixelRegion(x: 3, y: 4, width: 5, height: 6)
        #expect(PixelShape.square.squareRegion(region) == region)
    }
}
