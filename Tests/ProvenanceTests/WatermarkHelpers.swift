import Foundation
import Pictures

@testable import Provenance

/// A test's luma samples.
struct TestLuma {
    var samples: [UInt16]
    let width: Int
    let height: Int
    var bitDepth = 8
    var isFullRange = true
    /// Padding samples at the end of each row.
    var padding = 0

    var stride: Int { width + padding }

    /// A textured scene: waves of several lengths, an edge, a flat area, and fine noise.
    init(
        width: Int, height: Int, number: Int = 0, bitDepth: Int = 8, isFullRange: Bool = true,
        padding: Int = 0
    ) {
        (self.width, self.height, self.bitDepth) = (width, height, bitDepth)
        (self.isFullRange, self.padding) = (isFullRange, padding)
        samples = [UInt16](repeating: 7, count: (width + padding) * height)
        var numbers = KeyedNumbers(seed: UInt64(number))
        let (scale, shift) = (Double(1 << (bitDepth - 8)), Double(number) * 3)
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (Double(column) / Double(height) * 384, Double(row) / Double(height) * 384)
                var value = 120 + 30 * sin(x / 23 + shift) * cos(y / 31) + 12 * sin(x / 5 + y / 7 + shift)
                if x > 250 { value = y < 150 ? 180 : value * 0.5 + 60 }
                value += Double(numbers.next() >> 60) * 0.5
                samples[row * stride + column] = UInt16(value * scale)
            }
        }
    }

    /// The samples modified in place by `change`.
    func changed(_ change: (LumaPlane) -> Void) -> TestLuma {
        var result = self
        if bitDepth == 8 {
            var bytes = samples.map { UInt8($0) }
            bytes.withUnsafeMutableBufferPointer {
                if let start = $0.baseAddress { change(lent(.bytes(start))) }
            }
            result.samples = bytes.map { UInt16($0) }
        } else {
            result.samples.withUnsafeMutableBufferPointer {
                if let start = $0.baseAddress { change(lent(.words(start))) }
            }
        }
        return result
    }

    private func lent(_ samples: LumaPlane.Samples) -> LumaPlane {
        LumaPlane(
            samples, width: width, height: height, stride: stride, bitDepth: bitDepth,
            isFullRange: isFullRange)
    }

    var plane: Plane {
        var result = Plane(width: 0, height: 0)
        _ = changed { result = $0.plane }
        return result
    }

    func marked(id: UInt32, key: WatermarkKey = .program) throws -> TestLuma {
        guard let embedder = WatermarkEmbedder(id: id, key: key, width: width, height: height) else {
            throw TooSmall()
        }
        return changed(embedder.mark)
    }

    struct TooSmall: Error {}
}

/// PSNR of two planes in decibels.
func psnr(_ left: Plane, _ right: Plane) -> Double {
    let sum = zip(left.values, right.values).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    return 10 * log10(255 * 255 * Double(left.values.count) / sum)
}

extension Plane {
    /// The plane scaled and rotated about its centre with bilinear interpolation, cropped to a size.
    func seen(width: Int, height: Int, scale: Double = 1, degrees: Double = 0) -> Plane {
        let (c, s) = (cos(degrees * .pi / 180) / scale, sin(degrees * .pi / 180) / scale)
        var result = Plane(width: width, height: height)
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (
                    Double(column) + 0.5 - Double(width) / 2, Double(row) + 0.5 - Double(height) / 2
                )
                let u = x * c + y * s + Double(self.width) / 2 - 0.5
                let v = y * c - x * s + Double(self.height) / 2 - 0.5
                result.values[row * width + column] = between(u, v)
            }
        }
        return result
    }

    private func between(_ u: Double, _ v: Double) -> Float {
        let (x, y) = (min(max(u, 0), Double(width - 1)), min(max(v, 0), Double(height - 1)))
        let (left, top) = (min(Int(x), width - 2), min(Int(y), height - 2))
        let (a, b) = (Float(x - Double(left)), Float(y - Double(top)))
        let start = top * width + left
        let upper = values[start] * (1 - a) + values[start + 1] * a
        return upper * (1 - b) + (values[start + width] * (1 - a) + values[start + width + 1] * a) * b
    }
}

func detect(_ planes: [Plane], keys: [WatermarkKey] = [.program]) -> DetectedWatermark? {
    var detector = WatermarkDetector(keys: keys)
    planes.forEach { detector.add($0) }
    return detector.find()
}
