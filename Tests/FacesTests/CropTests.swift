import Foundation
import Pictures
import Testing

@testable import Faces

@Suite("Cropping by a transform")
struct CropTests {
    /// Red rises across, green downwards.
    let picture: Picture = {
        var picture = Picture(width: 40, height: 30)
        for row in 0..<30 {
            for column in 0..<40 {
                picture.pixels[(row * 40 + column) * 3] = UInt8(6 * column)
                picture.pixels[(row * 40 + column) * 3 + 1] = UInt8(8 * row)
            }
        }
        return picture
    }()

    @Test("the identity copies every pixel")
    func identity() {
        #expect(picture.crop(.identity, width: 40, height: 30) == picture)
    }

    @Test("shifts by whole pixels copy, shifts by halves give means")
    func moves() {
        let moved = picture.crop(SimilarityTransform(a: 1, b: 0, tx: -5, ty: -3), width: 20, height: 20)
        #expect(moved.pixels[0] == 30)
        #expect(moved.pixels[1] == 24)
        let between = picture.samples(
            SimilarityTransform(a: 1, b: 0, tx: -4.5, ty: 0), width: 20, height: 20)
        #expect(abs(between[0] - 27) < 1e-4)
    }

    @Test("colours come from the inverse transform's positions", arguments: [0.4, 0.75, 1, 2.5])
    func places(_ scale: Double) {
        let transform = SimilarityTransform(a: scale * cos(0.3), b: scale * sin(0.3), tx: 3, ty: -2)
        let samples = picture.samples(transform, width: 16, height: 12)
        for (column, row) in [(4, 6), (7, 5), (8, 7)] {
            let source = transform.inverse(Point(Double(column) + 0.5, Double(row) + 0.5))
            guard (2...37).contains(source.x), (2...27).contains(source.y) else { continue }
            #expect(abs(Double(samples[(row * 16 + column) * 3]) - 6 * (source.x - 0.5)) < 0.2)
            #expect(abs(Double(samples[(row * 16 + column) * 3 + 1]) - 8 * (source.y - 0.5)) < 0.2)
        }
    }

    @Test("shrinking takes the mean of all pixels, not one of them")
    func shrinking() {
        var stripes = Picture(width: 64, height: 64)
        for index in 0..<64 * 64 where index % 2 == 0 { stripes.pixels[index * 3] = 200 }
        for factor in [2, 4, 8] {
            let side = 64 / factor
            let small = stripes.crop(
                SimilarityTransform(a: 1 / Double(factor), b: 0, tx: 0, ty: 0), width: side, height: side)
            #expect((1..<side - 1).allSatisfy { abs(Int(small.pixels[(side + $0) * 3]) - 100) <= 2 })
        }
    }

    @Test("edges repeat outside the picture; a non-finite transform does not crash")
    func edges() {
        let far = picture.crop(SimilarityTransform(a: 1, b: 0, tx: 1e12, ty: 0), width: 4, height: 4)
        #expect(far.pixels[0] == 0)
        let other = picture.crop(SimilarityTransform(a: 1, b: 0, tx: -1e12, ty: 0), width: 4, height: 4)
        #expect(other.pixels[0] == 6 * 39)
        for bad in [Double.nan, .infinity] {
            _ = picture.crop(SimilarityTransform(a: bad, b: 0, tx: 0, ty: bad), width: 4, height: 4)
        }
        _ = picture.crop(SimilarityTransform(a: 0, b: 0, tx: 0, ty: 0), width: 4, height: 4)
    }
}
