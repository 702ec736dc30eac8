import Foundation

/// CIE L*a*b* values of a picture: three planes of the picture's size.
///
/// L is 0…100, a and b about −128…127. White point D65; the picture's bytes are taken as sRGB (IEC 61966-2-1) and made
/// linear before. CIE 1931 XYZ by the sRGB matrix, L*a*b* as in CIE 15:2004.
package struct LabPicture: Sendable, Equatable {
    package let width: Int
    package let height: Int
    package var lightness: [Float]
    package var a: [Float]
    package var b: [Float]

    package init(_ picture: Picture) {
        width = picture.width
        height = picture.height
        let count = width * height
        (lightness, a, b) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count), [])
        b = a
        let tables = LabTables.shared
        picture.pixels.withUnsafeBufferPointer { pixels in
            lightness.withUnsafeMutableBufferPointer { lightness in
                a.withUnsafeMutableBufferPointer { a in
                    b.withUnsafeMutableBufferPointer { b in
                        for index in 0..<count {
                            let lab = tables.lab(
                                red: pixels[index * 3], green: pixels[index * 3 + 1],
                                blue: pixels[index * 3 + 2])
                            (lightness[index], a[index], b[index]) = (lab.x, lab.y, lab.z)
                        }
                    }
                }
            }
        }
    }

    /// Converts to sRGB bytes; colours outside the gamut are clipped per channel.
    package var picture: Picture {
        var result = Picture(width: width, height: height)
        let tables = LabTables.shared
        result.pixels.withUnsafeMutableBufferPointer { pixels in
            for index in 0..<width * height {
                let rgb = tables.rgb(SIMD3(lightness[index], a[index], b[index]))
                pixels[index * 3] = UInt8(rounding: rgb.x)
                pixels[index * 3 + 1] = UInt8(rounding: rgb.y)
                pixels[index * 3 + 2] = UInt8(rounding: rgb.z)
            }
        }
        return result
    }
}

/// The two transfer curves as tables with linear interpolation (error below 10⁻⁵ of the range).
private struct LabTables: Sendable {
    static let shared = LabTables()
    private static let steps = 8192

    /// Byte → linear light 0…1.
    private let linear: [Float]
    /// Ratio to the white point 0…1 → CIE's f.
    private let root: [Float]
    /// Linear light 0…1 → byte value 0…255, not rounded.
    private let encoded: [Float]

    init() {
        linear = (0..<256).map { byte in
            let v = Double(byte) / 255
            return Float(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4))
        }
        let ratios = (0...Self.steps + 1).map { Double($0) / Double(Self.steps) }
        root = ratios.map { Float($0 > 216.0 / 24389 ? cbrt($0) : ($0 * 24389 / 27 + 16) / 116) }
        encoded = ratios.map { v in
            Float(255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055))
        }
    }

    @inline(__always)
    private func read(_ table: [Float], _ value: Float) -> Float {
        let position = max(0, min(1, value)) * Float(Self.steps)
        let index = Int(position)
        return table[index] + (table[index + 1] - table[index]) * (position - Float(index))
    }

    @inline(__always)
    func lab(red: UInt8, green: UInt8, blue: UInt8) -> SIMD3<Float> {
        let (r, g, b) = (linear[Int(red)], linear[Int(green)], linear[Int(blue)])
        // Rows of the sRGB → XYZ matrix, each divided by its sum: the ratio to the D65 white point.
        let x = read(root, (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
        let y = read(root, 0.2126729 * r + 0.7151522 * g + 0.0721750 * b)
        let z = read(root, (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883)
        return SIMD3(116 * y - 16, 500 * (x - y), 200 * (y - z))
    }

    @inline(__always)
    func rgb(_ lab: SIMD3<Float>) -> SIMD3<Float> {
        let fy = (lab.x + 16) / 116
        let x = ratio(fy + lab.y / 500) * 0.95047
        let y = ratio(fy)
        let z = ratio(fy - lab.z / 200) * 1.08883
        return SIMD3(
            read(encoded, 3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
            read(encoded, -0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
            read(encoded, 0.0556434 * x - 0.2040259 * y + 1.0572252 * z))
    }

    @inline(__always)
    private func ratio(_ f: Float) -> Float {
        f > 6.0 / 29 ? f * f * f : (116 * f - 16) * 27 / 24389
    }
}
