import Foundation
import Pictures

/// A frame of a person with the network's drawing of it, and the fine detail that the drawing lacks.
package final class FaceExemplar: Sendable {
    let sketch: FaceSketch
    /// Levels of a pyramid, the finest first.
    private let levels: [DetailLevel]

    /// Standard deviation, in drawing pixels, of the Gaussian that separates detail from low frequencies: the latter,
    /// mainly light, stay the network's.
    private static let band = 1.5
    /// Added to luma before ratios are taken, in levels, so that noise in dark areas does not count as detail.
    private static let dark: Float = 8

    /// - Parameters:
    ///   - sketch: sketch of the frame.
    ///   - frame: the face's crop, at a higher resolution.
    /// - Precondition: a square crop.
    package init(_ sketch: FaceSketch, frame: Picture) {
        precondition(frame.width == frame.height, "square crops")
        self.sketch = sketch
        let (side, size) = (sketch.drawing.width, frame.width)
        let growth = Float(size) / Float(sketch.shape.width)
        // A network does not place features exactly: a feature displaced by a pixel is not missing detail.
        let flow = OpticalFlow(from: sketch.shape, to: sketch.crop.luma.shape, settings: .smooth)
        func grown(_ plane: Plane) -> Plane {
            var plane = plane.resized(width: size, height: size)
            plane.values = plane.values.map { $0 * growth }
            return plane
        }
        let fine = frame.luma.displaced(grown(flow.x), grown(flow.y), filter: .bicubic)
        let coarse = sketch.drawing.luma.resized(width: size, height: size, filter: .bicubic)
        let lost = fine.combined(with: coarse) { log((max($0, 0) + Self.dark) / (max($1, 0) + Self.dark)) }
        // Low frequencies need no more pixels than the drawing has.
        let slow = lost.resized(width: side, height: side).blurred(sigma: Self.band)
        var level = lost.combined(with: slow.resized(width: size, height: size), -)
        let places = sketch.shape.width
        var levels = [DetailLevel(level, places: places)]
        while level.width / 2 >= side {
            level = level.resized(width: level.width / 2, height: level.height / 2)
            levels.append(DetailLevel(level, places: places))
        }
        self.levels = levels
    }

    /// The pyramid level for a picture whose pixels are so many drawing pixels wide.
    func level(step: Double) -> DetailLevel {
        levels.first { step * Double($0.size) / Double(sketch.drawing.width) <= 1.5 }
            ?? levels[levels.count - 1]
    }
}

/// Luma factors as natural logarithms in one byte each, since a set has many exemplars.
struct DetailLevel: Sendable {
    let size: Int
    let values: [Int8]
    /// Mean squares of the logarithms, over as many cells as the drawing's shape has.
    let energy: Plane

    /// Larger changes are less and less likely to be skin and are attenuated.
    private static let most: Float = 0.6
    /// Unit of a byte.
    static let unit = most / 127

    init(_ plane: Plane, places: Int) {
        size = plane.width
        values = plane.values.map { value in
            let size = abs(value)
            let kept = size <= Self.most ? value : value * (Self.most / size) * (Self.most / size)
            return Int8((kept / Self.unit).rounded())
        }
        let squares = values.map { Float($0) * Self.unit * Float($0) * Self.unit }
        energy = Plane(width: size, height: size, values: squares).resized(width: places, height: places)
    }

    /// Interpolated between pixels, in units; `values` are of this level.
    ///
    /// - Precondition: at least one pixel from the first ones, and two from the last ones.
    @inline(__always)
    func value(_ values: UnsafeBufferPointer<Int8>, _ x: Float, _ y: Float) -> Float {
        let (left, top) = (Int(x), Int(y))
        let (across, down) = (cubicWeights(x - Float(left)), cubicWeights(y - Float(top)))
        var sum: Float = 0
        for row in 0..<4 {
            let start = (top + row - 1) * size + left - 1
            let line = SIMD4(
                Float(values[start]), Float(values[start + 1]), Float(values[start + 2]),
                Float(values[start + 3]))
            sum += (line * across).sum() * down[row]
        }
        return sum
    }
}

/// A face's crop and the network's drawing of it, both in the network's size.
package struct FaceSketch: Sendable {
    let crop: Picture
    let drawing: Picture
    /// Shape of the drawing.
    let shape: Plane
    let contrast: Plane
    let look: FaceLook

    package init(of crop: Picture, drawing: Picture) {
        (self.crop, self.drawing) = (crop, drawing)
        shape = drawing.luma.shape
        contrast = drawing.luma.contrast
        look = FaceLook(shape)
    }

    /// Correlation of crop and drawing after high-pass filtering, where a mask is above 0.5.
    ///
    /// For models of two people trained for minutes: 0.77 and more for their own faces, at most 0.55 for another person's.
    func agreement(inside mask: Plane) -> Float {
        let original = crop.luma.shape
        let mask = mask.width == shape.width ? mask : mask.resized(width: shape.width, height: shape.height)
        let inside = mask.values.indices.filter { mask.values[$0] > 0.5 }
        func mean(_ value: (Int) -> Float) -> Float {
            inside.reduce(0) { $0 + value($1) } / Float(max(1, inside.count))
        }
        let (a, b) = (mean { shape.values[$0] }, mean { original.values[$0] })
        let product = mean { (shape.values[$0] - a) * (original.values[$0] - b) }
        let squares =
            mean { (shape.values[$0] - a) * (shape.values[$0] - a) }
            * mean { (original.values[$0] - b) * (original.values[$0] - b) }
        return squares > 0 ? product / squares.squareRoot() : 0
    }
}

/// A reduced drawing, for comparison with others.
struct FaceLook: Sendable {
    static let size = 64
    private let plane: Plane

    /// - Parameter shape: as `Plane.shape`.
    init(_ shape: Plane) { plane = shape.resized(width: Self.size, height: Self.size) }

    /// Root mean square of the difference, in levels of luma.
    ///
    /// - Parameter weights: weights of the pixels, `size` × `size`.
    func distance(to other: FaceLook, weights: Plane) -> Float {
        var (sum, total) = (Float(0), Float(1e-6))
        for index in plane.values.indices {
            let difference = plane.values[index] - other.plane.values[index]
            sum += weights.values[index] * difference * difference
            total += weights.values[index]
        }
        return (sum / total).squareRoot()
    }
}

extension Plane {
    /// A crop's luma, reduced to the size needed for optical flow between two faces, high-pass filtered at a tenth of the
    /// crop, so that faces in different light can be compared.
    var shape: Plane {
        let side = Self.shapeSide(of: width)
        let small = side == width ? self : resized(width: side, height: side)
        return small.combined(with: small.blurred(sigma: Double(side) / 11), -)
    }

    /// Detail of a crop's luma below three pixels, as natural logarithms and thus independent of light, in the crop's size.
    var contrast: Plane {
        let side = Self.shapeSide(of: width)
        var logarithms = side == width ? self : resized(width: side, height: side)
        logarithms.values = logarithms.values.map { log(max($0, 0) + 8) }
        return logarithms.combined(with: logarithms.blurred(sigma: 3), -)
    }

    /// Side of the shape of a crop.
    static func shapeSide(of side: Int) -> Int { min(128, side) }
}
