import Foundation
import Pictures

/// The fine detail of a drawn face, taken from other frames of the same person.
///
/// A frame and its drawing lie pixel on pixel, so that what the drawing lacks is known at each of its pixels; two drawings of one
/// network differ by expression and turn alone, so that optical flow between them says which pixel of one is which of the other.
/// Drawn faces thereby get pores, freckles, stubble, lashes and lips' lines that the camera saw, where the network draws them
/// soft, at whatever resolution the frames had.
package struct DetailLayer: Sendable {
    /// How much of an exemplar's detail each pixel of the drawing's shape takes, 0…1.
    struct Part: Sendable {
        let exemplar: FaceExemplar
        let weight: Plane
    }

    private let parts: [Part]

    init(_ parts: [Part]) { self.parts = parts }

    /// Pixels of the drawing to one of the frame between which detail fades: from the greater on frames show no more than the drawing
    /// does.
    private static let fading = 0.65...0.85

    /// Whether a frame shows any detail, by the pixels of the drawing to one of its square pixels.
    static func isSeen(step: Double) -> Bool { step < fading.upperBound }

    /// What the luma of each pixel is to be multiplied by, as natural logarithms; nil where the frame is too coarse for detail.
    ///
    /// - Parameters:
    ///   - drawing: luma of the drawn face, as the network drew it.
    ///   - map: pixels of the wanted plane → pixels of the drawing.
    func gain(of drawing: Plane, width: Int, height: Int, map: AffineMap) -> Plane? {
        let step = max(hypot(map.a, map.c), hypot(map.b, map.d))
        let shape = drawing.shape
        let shrinking = Double(shape.width) / Double(drawing.width)
        let map = map.then(AffineMap(a: shrinking, b: 0, c: 0, d: shrinking, tx: 0, ty: 0))
        guard Self.isSeen(step: step), let back = map.inverse else { return nil }
        let share = min(
            1, (Self.fading.upperBound - step) / (Self.fading.upperBound - Self.fading.lowerBound))
        var result = Plane(width: width, height: height)
        let placed = parts.compactMap { PlacedDetail($0, on: shape) }
        for detail in placed { detail.add(to: &result, map: map, back: back, step: step) }
        let strength = Self.strengthening(of: result, by: placed, shape: shape, map: map, step: step)
        result = result.combined(
            with: contrast(of: drawing).sampled(width: width, height: height, transform: map, outside: 0)
        ) { min(Self.most, max(-Self.most, $0 * strength + $1)) }
        if share < 1 { result.values = result.values.map { $0 * Float(share) } }
        return result
    }
}

extension DetailLayer {
    /// Greatest factor by which detail is strengthened.
    private static let mostStrengthening: Float = 1.6
    /// Greatest change of a pixel's luma, as a natural logarithm.
    private static let most: Float = 0.9

    /// What laid detail is multiplied by to be as strong as it is in the exemplars: a mean of several, which agree by half, has less
    /// contrast than each, and so has what was resampled on its way. Where the drawings differ and detail was left out for it, none is
    /// missed.
    ///
    /// - Parameters:
    ///   - laid: in the frame's pixels, as natural logarithms.
    ///   - map: pixels of `laid` → pixels of the drawing's shape.
    private static func strengthening(
        of laid: Plane, by placed: [PlacedDetail], shape: Plane, map: AffineMap, step: Double
    ) -> Float {
        var sums = Plane(width: shape.width, height: shape.height)
        var squares = sums
        for detail in placed {
            let energy = detail.exemplar.level(step: step).energy
            let (region, width) = (detail.region, shape.width)
            for row in 0..<region.height {
                for column in 0..<region.width {
                    let weight = detail.weight.values[row * region.width + column]
                    let place = (region.y + row) * width + region.x + column
                    sums.values[place] += weight
                    squares.values[place] += weight * energy.values[place]
                }
            }
        }
        let expected = sums.product(squares)
            .sampled(width: laid.width, height: laid.height, transform: map, outside: 0)
        let wanted = expected.values.reduce(0, +)
        let given = laid.values.reduce(0) { $0 + $1 * $1 }
        guard given > 0 else { return 1 }
        return min(mostStrengthening, max(1, (wanted / given).squareRoot()))
    }

    /// Greatest ratio of contrasts that is made up for.
    private static let mostContrast: Float = 1.5

    /// What the drawing lacks of the contrast that the network gives the exemplars, as natural logarithms, of the size of the
    /// drawing's shape.
    ///
    /// A network draws softer what it was not trained on: its codes of another person, or of the same in another light. The exemplars are
    /// of the same expression and turn and were trained on, and show how much contrast there should be.
    private func contrast(of drawing: Plane) -> Plane {
        let own = drawing.contrast
        var share = Plane(width: own.width, height: own.height)
        for part in parts {
            let other = part.exemplar.sketch.contrast
            var (wanted, given) = (Float(1e-6), Float(1e-6))
            for index in own.values.indices {
                let weight = part.weight.values[index]
                wanted += weight * other.values[index] * other.values[index]
                given += weight * own.values[index] * own.values[index]
            }
            let missing = min(Self.mostContrast, max(1, (wanted / given).squareRoot())) - 1
            share = share.combined(with: part.weight) { $0 + missing * $1 }
        }
        return share.product(own)
    }
}

/// An exemplar's detail, brought to where a drawn face shows the same.
private struct PlacedDetail {
    /// Of the drawing's shape, as flow and weight are.
    let region: PixelRegion
    let flow: OpticalFlow
    let weight: Plane
    let exemplar: FaceExemplar

    /// Pixels around what is wanted that flow is found in, too.
    private static let margin = 8
    /// Difference of two drawings, in levels of luma, at which half of the detail is taken: where they do not show the same, it
    /// does not belong here.
    private static let doubtful: Float = 48

    /// Nil where nothing is wanted.
    ///
    /// - Parameter shape: the drawing's.
    init?(_ part: DetailLayer.Part, on shape: Plane) {
        guard let wanted = part.weight.extent(above: 0.01) else { return nil }
        let (left, top) = (max(0, wanted.x - Self.margin), max(0, wanted.y - Self.margin))
        let right = min(shape.width, wanted.x + wanted.width + Self.margin)
        let bottom = min(shape.height, wanted.y + wanted.height + Self.margin)
        region = PixelRegion(x: left, y: top, width: right - left, height: bottom - top)
        func cut(_ plane: Plane) -> Plane {
            plane.cropped(x: left, y: top, width: right - left, height: bottom - top)
        }
        let (here, there) = (cut(shape), cut(part.exemplar.sketch.shape))
        exemplar = part.exemplar
        flow = OpticalFlow(from: here, to: there, settings: .smooth)
        let doubt = there.displaced(flow.x, flow.y).combined(with: here) { abs($0 - $1) }
        weight = cut(part.weight).combined(with: doubt.blurred(sigma: 1.5)) {
            let share = $1 / Self.doubtful
            return $0 / (1 + share * share)
        }
    }

    func add(to result: inout Plane, map: AffineMap, back: AffineMap, step: Double) {
        let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map { corner in
            back(
                Double(region.x + corner.0 * region.width), Double(region.y + corner.1 * region.height))
        }
        func range(_ values: [Double], _ limit: Int) -> Range<Int> {
            let least = max(0, min(Double(limit), (values.min() ?? 0).rounded(.down)))
            let most = max(least, min(Double(limit), (values.max() ?? 0).rounded(.up)))
            return Int(least)..<Int(most)
        }
        let (rows, columns) = (
            range(corners.map(\.y), result.height), range(corners.map(\.x), result.width)
        )
        let level = exemplar.level(step: step)
        let ratio = Float(level.size) / Float(exemplar.sketch.shape.width)
        let (width, height, stride) = (region.width, region.height, result.width)
        let (left, top) = (Float(region.x), Float(region.y))
        let last = Float(level.size - 2)
        weight.values.withUnsafeBufferPointer { weights in
            flow.x.values.withUnsafeBufferPointer { across in
                flow.y.values.withUnsafeBufferPointer { down in
                    level.values.withUnsafeBufferPointer { detail in
                        result.values.withUnsafeMutableBufferPointer { sums in
                            for row in rows {
                                for column in columns {
                                    let place = map(Double(column) + 0.5, Double(row) + 0.5)
                                    let (x, y) = (Float(place.x), Float(place.y))
                                    let (u, v) = (x - left - 0.5, y - top - 0.5)
                                    guard u >= 0, v >= 0, u < Float(width - 1), v < Float(height - 1)
                                    else { continue }
                                    let grid = Neighbours(u, v, stride: width)
                                    let weight = grid.mean(weights)
                                    guard weight > 0.003 else { continue }
                                    let s = (x + grid.mean(across)) * ratio - 0.5
                                    let t = (y + grid.mean(down)) * ratio - 0.5
                                    guard s >= 1, t >= 1, s < last, t < last else { continue }
                                    let value = level.value(detail, s, t)
                                    sums[row * stride + column] += weight * value * DetailLevel.unit
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The four values around a place of a grid.
private struct Neighbours {
    private let index: Int
    private let stride: Int
    private let across: Float
    private let down: Float

    @inline(__always)
    init(_ x: Float, _ y: Float, stride: Int) {
        let (left, top) = (Int(x), Int(y))
        index = top * stride + left
        self.stride = stride
        (across, down) = (x - Float(left), y - Float(top))
    }

    @inline(__always)
    func mean(_ values: UnsafeBufferPointer<Float>) -> Float {
        mix(values[index], values[index + 1], values[index + stride], values[index + stride + 1])
    }

    @inline(__always)
    private func mix(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Float {
        let (above, below) = (a + (b - a) * across, c + (d - c) * across)
        return above + (below - above) * down
    }
}

extension Picture {
    /// Each pixel's colour times e^value: luma changes, hue does not.
    ///
    /// - Precondition: a plane of the same size; values well within ±1.
    func multiplied(byExponentialOf plane: Plane) -> Picture {
        precondition(width == plane.width && height == plane.height, "a picture and a plane of one size")
        var result = self
        for index in plane.values.indices where plane.values[index] != 0 {
            let value = plane.values[index]
            let factor = 1 + value * (1 + value / 2 * (1 + value / 3))
            for place in index * 3..<index * 3 + 3 {
                result.pixels[place] = UInt8(rounding: Float(pixels[place]) * factor)
            }
        }
        return result
    }
}
